# bash completion for git sparse, git squash-last, git reword.  -*- bash -*-
#
# Installed as git-pare, git-sparse, … where bash-completion looks for them;
# git's own completion then finds _git_sparse and the others. Can also be
# sourced from ~/.bashrc, with git's completion or without it.
#
# All knowledge is the program's: `git pare complete <word>...` answers.

# The word $1 as the command will get it, into `plain`, and the quote that is
# still open at its end into `quote`.
__pare_unquote ()
{
	local i c

	plain='' quote=''
	for ((i = 0; i < ${#1}; i++)); do
		c=${1:i:1}
		case $quote$c in
		"''" | '""')
			quote=''
			;;
		"'" | '"')
			quote=$c
			;;
		\\ | \"\\)
			((i++))
			c=${1:i:1}
			[[ $quote && $c != [\"\\\$\`] ]] && plain+=\\
			plain+=$c
			;;
		*)
			plain+=$c
			;;
		esac
	done
}

# The word $1 as it is to stand behind the quote `quote`, into `word`.
__pare_quote ()
{
	word=$1
	case $quote in
	"'")
		word=${word//\'/\'\\\'\'}
		;;
	'"')
		word=${word//\\/\\\\}
		word=${word//\"/\\\"}
		word=${word//\$/\\\$}
		word=${word//\`/\\\`}
		;;
	*)
		[[ $word == *[!A-Za-z0-9_./@=:~^{}+-]* ]] &&
			printf -v word %q "$word"
		;;
	esac
}

# $1...: the words, from the command's name to the one being typed.
__pare_complete ()
{
	local typed=${!#} line word plain quote nospace files paths cut i
	local -a words=("${@:1:$#-1}")

	__pare_unquote "$typed"
	COMPREPLY=()
	while IFS= read -r line; do
		word=${line%%$'\t'*}
		case $word in
		:files)
			files=yes
			continue
			;;
		:paths)
			paths=yes
			continue
			;;
		*/ | *=)
			nospace=yes
			;;
		esac
		COMPREPLY+=("$word")
	done < <(__pare_ask "${words[@]}" "$plain" 2>/dev/null)

	if [[ $files ]]; then
		paths=yes
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -f -- "$plain")
	fi
	# Readline's word begins behind the last `=` or `:` that breaks words.
	cut=${typed%"${typed##*[=:]}"}
	if [[ $cut && $cut != *[\'\"\\]* &&
		$COMP_WORDBREAKS == *"${cut: -1}"* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"$cut"}")
	fi
	# Readline quotes names of files (all but `$`), and adds a slash to those
	# that are directories here; what else there is, is for us to quote.
	if [[ $paths && ${COMPREPLY[*]} != *[\$\`]* ]]; then
		compopt -o filenames 2>/dev/null
		for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
			word=${COMPREPLY[i]%/}
			[[ -d $word && ! -L $word ]] && COMPREPLY[i]=$word
		done
	else
		for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
			__pare_quote "${COMPREPLY[i]}"
			COMPREPLY[i]=$word
		done
	fi
	if [[ $nospace ]]; then
		compopt -o nospace 2>/dev/null
	else
		compopt +o nospace 2>/dev/null
	fi
}

__pare_ask ()
{
	if [[ ${globals-} ]]; then
		git "${globals[@]}" pare complete "$@"
	else
		git-pare complete "$@"
	fi
}

# $1...: the words, from `git` to the last one before that being typed. Those
# that say which repository is meant go into `globals`, as git will get them;
# the place of its command into `at`.
__pare_read_git ()
{
	local i plain quote
	local -a git_words=("$@")

	globals=() at=
	for ((i = 1; i < $#; i++)); do
		__pare_unquote "${git_words[i]}"
		case $plain in
		-C | --git-dir | --work-tree)
			globals+=("$plain")
			__pare_unquote "${git_words[++i]-}"
			globals+=("${plain/#~\//$HOME/}")
			;;
		--git-dir=* | --work-tree=*)
			globals+=("$plain")
			;;
		-c | --config-env | --namespace)
			((i++))
			;;
		-*) ;;
		*)
			at=$i
			return
			;;
		esac
	done
}

# Called by git's completion, which has set `words` and `cword`.
__pare_from_git ()
{
	local at
	local -a globals

	# shellcheck disable=SC2154 # git's completion sets them
	__pare_read_git "${words[@]:0:cword}"
	if [[ $at && ${words[at]} == "$1" ]]; then
		__pare_complete "${words[@]:at:cword-at+1}"
	else
		# Completing `git-sparse` itself, by way of git's wrapper.
		globals=()
		__pare_complete "$1" "${words[@]:1:cword}"
	fi
}

_git_pare () { __pare_from_git pare; }
_git_sparse () { __pare_from_git sparse; }
_git_squash_last () { __pare_from_git squash-last; }
_git_reword () { __pare_from_git reword; }

# The words of the line, with `--name`, `=`, `value` put together again, and
# what bash has parted at colons.
__pare_words ()
{
	local i at glue='' line=${COMP_LINE:0:COMP_POINT}

	line_words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		at=${line%%[![:space:]]*}
		line=${line#"$at"}
		if [[ $i -gt 0 && ! $at &&
			(${COMP_WORDS[i]} == [=:] || $glue) ]]; then
			line_words[${#line_words[@]}-1]+=${COMP_WORDS[i]}
		else
			line_words+=("${COMP_WORDS[i]}")
		fi
		glue=
		[[ ${COMP_WORDS[i]} == [=:] ]] && glue=yes
		line=${line#"${COMP_WORDS[i]}"}
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
	local at
	local -a line_words globals

	__pare_words
	__pare_read_git "${line_words[@]:0:${#line_words[@]}-1}"
	case ${at:+${line_words[at]}} in
	pare | sparse | squash-last | reword)
		__pare_complete "${line_words[@]:at}"
		;;
	esac
}

if ! complete -p git >/dev/null 2>&1 &&
	! declare -F _completion_loader >/dev/null &&
	! declare -F _comp_load >/dev/null; then
	complete -o bashdefault -o default -F _pare_git_alone git
fi
