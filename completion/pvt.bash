# Completion of pvt for bash. Commands, options and names are asked of the program that is named on the command line, with
# the plug-ins that are named there, so that their kernels complete too.

_pvt_ask() { "${COMP_WORDS[0]/#\~\//$HOME/}" list "$@" 2>/dev/null </dev/null; }

# _pvt_names kernels|runners|suites: one a line.
_pvt_names() {
  local plugins=() i
  for ((i = 2; i < COMP_CWORD - 1; i++)); do
    [ "${COMP_WORDS[i]}" = --plugin ] || continue
    [ "${COMP_WORDS[i + 1]}" = = ] && ((i++))
    plugins+=(--plugin "${COMP_WORDS[i + 1]/#\~\//$HOME/}")
  done
  _pvt_ask "$1" "${plugins[@]}" | sed -n 's/^\([^ ][^ ]*\) .*/\1/p'
}

_pvt_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$_pvt_word"); }
_pvt_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen "$@" -- "$_pvt_word"); }

# _pvt_list WORDS: completes the last one of a list that commas separate.
_pvt_list() {
  local done="" last=$_pvt_word i
  if [[ $last == *,* ]]; then done=${last%,*}, last=${last##*,}; fi
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$last")
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=$done${COMPREPLY[i]}; done
  compopt -o nospace 2>/dev/null # a comma may follow
}

# _pvt_value WORDS: as `pvt list options` has them.
_pvt_value() {
  local words=${1#,}
  case $words in
    -) return ;;
    @file) _pvt_files -f; return ;;
    @folder) _pvt_files -d; return ;;
    @*) words=$(_pvt_names "${words#@}") ;;
  esac
  if [[ $1 == ,* ]]; then _pvt_list "$words"; else _pvt_words "$words"; fi
}

_pvt() {
  local _pvt_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  local name value words options=() names=()
  COMPREPLY=()
  mapfile -t names < <(_pvt_ask commands | cut -f1)
  if ((COMP_CWORD == 1)); then
    _pvt_words "${names[*]} --version --help"
    return
  fi
  # bash makes three words of --option=value
  if [ "$_pvt_word" = = ]; then _pvt_word=""
  elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  while IFS=$'\t' read -r name value words _; do
    options+=("--$name")
    [ "$before" = "--$name" ] && [ "$value" != - ] && { _pvt_value "$words"; return; }
  done < <(_pvt_ask options "$command")
  [ "$command" = run ] && options+=(--benchmark_out)
  [ "$before" = --benchmark_out ] && { _pvt_files -f; return; }
  [ "$command" = help ] && { _pvt_words "${names[*]}"; return; }
  words=$(_pvt_ask commands | sed -n "s/^$command\t[^\t]*\t\([^\t]*\)\t.*/\1/p")
  if [[ $_pvt_word == -* ]]; then _pvt_words "${options[*]}"
  elif [[ $words == @* ]] || { [ "$words" != - ] && ((COMP_CWORD == 2)); }; then _pvt_value "$words"
  else _pvt_words "${options[*]}"; fi
}
complete -F _pvt pvt
