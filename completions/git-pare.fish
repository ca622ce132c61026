# fish completion for git sparse, git squash-last and git reword, installed
# into conf.d: fish looks for completions by the first word, which is `git`.
# All knowledge is the program's: `git-pare complete <word>...` answers, a word
# and its description a line.

function __pare_complete -d "Ask pare what could stand here"
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    # What is quoted on the line is not in the name; the quote may be open.
    set -l plain (string unescape -- $typed)
    or set plain (string unescape -- "$typed'")
    or set plain (string unescape -- "$typed\"")
    or set plain $typed
    set -l ask git-pare
    set words[1] (string replace -r '.*/' '' -- $words[1])
    if test $words[1] = git
        set -e words[1]
        # Which repository is meant is said before the command.
        set ask git
        while set -q words[1]; and not contains -- $words[1] pare sparse squash-last reword
            switch $words[1]
                case -C --git-dir --work-tree
                    set -q words[2]; or return
                    set -a ask $words[1] (string replace -r '^~(?=/|$)' -- $HOME $words[2])
                    set -e words[1]
                case '--git-dir=*' '--work-tree=*'
                    set -a ask $words[1]
                case -c --config-env --namespace
                    set -q words[2]; or return
                    set -e words[1]
            end
            set -e words[1]
        end
        set -a ask pare
    end
    set -q words[1]; or return
    for line in ($ask complete $words "$plain" 2>/dev/null)
        switch $line
            case :paths
            case :files
                __fish_complete_path "$plain"
            case '*'
                echo $line
        end
    end
end

function __pare_needs_command -d "Is git's command still to come?"
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case -C -c --git-dir --work-tree --namespace
                set -e words[1]
                set -q words[1]; and set -e words[1]
            case '-*'
                set -e words[1]
            case '*'
                return 1
        end
    end
end

# Not each fish finds commands that others have added.
complete -c git -n __pare_needs_command -f -a '(git-pare complete "")'
for name in pare sparse squash-last reword
    complete -c git-$name -f -a '(__pare_complete)'
    complete -c git -n "__fish_seen_subcommand_from $name" -f -a '(__pare_complete)'
end
