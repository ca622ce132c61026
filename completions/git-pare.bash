# bash completion for git sparse, git squash-last, git reword.  -*- bash -*-
#
# Installed as git-pare, git-sparse, … where bash-completion looks for them;
# git's own completion then finds _git_sparse and the others. Can also be
# sourced from ~/.bashrc, with git's completion or without it.
#
# All knowledge is the program's: `git pare complete <word>...` answers.

# $1...: the words, from the command's name to the one being typed.
__pare_complete ()
{
	local typed=${!#} line word nospace files
	local -a words=("${@:1:$#-1}")

	# What is quoted on the line is not in the name.
	typed=${typed//\\/}
	typed=${typed#[\"\']}
	COMPREPLY=()
	while IFS= read -r line; do
		word=${line%%$'\t'*}
		case $word in
		:files)
			files=yes
			continue
			;;
		*/ | *=)
			nospace=yes
			;;
		esac
		COMPREPLY+=("$word")
	done < <(__pare_ask "${words[@]}" "$typed" 2>/dev/null)

	if [[ $files ]]; then
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -f -- "$typed")
		compopt -o filenames 2>/dev/null
	fi
	# A name with blanks is quoted by readline when it is told that it is one.
	if [[ $typed != -* ]]; then
		compopt -o filenames 2>/dev/null
	fi
	if [[ $nospace ]]; then
		compopt -o nospace 2>/dev/null
	else
		compopt +o nospace 2>/dev/null
	fi
	# Readline's word begins behind the `=` when that breaks words.
	if [[ $typed == --*=* && $COMP_WORDBREAKS == *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${typed%%=*}="}")
	fi
}

__pare_ask ()
{
	# git's own completion knows -C and --git-dir of the line.
	if declare -F __git >/dev/null && [[ ${words_of_git-} ]]; then
		__git pare complete "$@"
	else
		git-pare complete "$@"
	fi
}

# Called by git's completion, which has set `words` and `cword`.
__pare_from_git ()
{
	local i words_of_git=yes

	# shellcheck disable=SC2154 # git's completion sets them
	for ((i = 1; i < cword; i++)); do
		if [[ ${words[i]} == "$1" ]]; then
			__pare_complete "${words[@]:i:cword-i+1}"
			return
		fi
	done
	# Completing `git-sparse` itself, by way of git's wrapper.
	__pare_complete "$1" "${words[@]:1:cword}"
}

_git_pare () { __pare_from_git pare; }
_git_sparse () { __pare_from_git sparse; }
_git_squash_last () { __pare_from_git squash-last; }
_git_reword () { __pare_from_git reword; }

# The words of the line, with `--name`, `=`, `value` put together again.
__pare_words ()
{
	local i glue=

	line_words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == = && $i -gt 0 ]]; then
			line_words[${#line_words[@]}-1]+='='
			glue=yes
		elif [[ $glue ]]; then
			line_words[${#line_words[@]}-1]+=${COMP_WORDS[i]}
			glue=
		else
			line_words+=("${COMP_WORDS[i]}")
		fi
	done
}

# git-sparse <TAB>
_pare_program ()
{
	local -a line_words

	__pare_words
	line_words[0]=${line_words[0]##*/}
	__pare_complete "${line_words[@]}"
}

complete -o bashdefault -F _pare_program \
	git-pare git-sparse git-squash-last git-reword

# git sparse <TAB> where nobody completes git: only our commands are known.
_pare_git_alone ()
{
	local -a line_words

	__pare_words
	case ${line_words[1]} in
	pare | sparse | squash-last | reword)
		[[ ${#line_words[@]} -gt 2 ]] &&
			__pare_complete "${line_words[@]:1}"
		;;
	esac
}

if ! complete -p git >/dev/null 2>&1 &&
	! declare -F _completion_loader >/dev/null &&
	! declare -F _comp_load >/dev/null; then
	complete -o bashdefault -o default -F _pare_git_alone git
fi
