# Completion of pvt for bash. Kernels, runners and suites are asked of the program that is named on the command line, with
# the plug-ins that are named there, so that their kernels complete too.

_pvt_run_options="--suite --kernel --runner --workers --size --ballast --pages --input --placement --schedule --chunk
  --hosts --mpirun --unlike-hosts --plugin --budget --precision --repetitions --invocations --min-time --timeout --isolate --no-isolate --quick --verbose --out --csv --resume --seed
  --dry-run --hold --json --benchmark_filter --benchmark_repetitions --benchmark_list_tests --benchmark_out"

# _pvt_names kernels|runners|suites: the names that `pvt list` prints, one a line.
_pvt_names() {
  local program=${COMP_WORDS[0]/#\~\//$HOME/} plugins=() i
  for ((i = 2; i < COMP_CWORD - 1; i++)); do
    [ "${COMP_WORDS[i]}" = --plugin ] || continue
    [ "${COMP_WORDS[i + 1]}" = = ] && ((i++))
    plugins+=(--plugin "${COMP_WORDS[i + 1]/#\~\//$HOME/}")
  done
  "$program" list "$1" "${plugins[@]}" 2>/dev/null </dev/null | sed -n 's/^\([^ ][^ ]*\) .*/\1/p'
}

# _pvt_list WORDS: completes the last one of a list that commas separate.
_pvt_list() {
  local done="" last=$_pvt_word i
  if [[ $last == *,* ]]; then done=${last%,*}, last=${last##*,}; fi
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$last")
  for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=$done${COMPREPLY[i]}; done
  compopt -o nospace 2>/dev/null # a comma may follow
}

_pvt_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$_pvt_word"); }
_pvt_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen "$@" -- "$_pvt_word"); }

# _pvt_value OPTION: what may follow it; false where it takes no value.
_pvt_value() {
  case $1 in
    --suite) _pvt_list "$(_pvt_names suites)" ;;
    --kernel) _pvt_list "$(_pvt_names kernels)" ;;
    --runner) _pvt_list "$(_pvt_names runners)" ;;
    --workers) _pvt_list "auto 1 2 4 8" ;;
    --pages) _pvt_list "small huge" ;;
    --size) _pvt_list "small medium large" ;;
    --placement | --policy) _pvt_words "compact scatter smt single none" ;;
    --format) if [ "${COMP_WORDS[1]}" = trend ]; then _pvt_words "text markdown json"
      elif [ "${COMP_WORDS[1]}" = advise ]; then _pvt_words "text json"
      else _pvt_words "text markdown json junit csv"; fi ;;
    --mpirun) _pvt_words "mpirun mpirun.openmpi mpiexec.mpich mpiexec.hydra" ;;
    --schedule) _pvt_words "static dynamic guided" ;;
    --input | --plugin | --margins | --plot | --csv | --topology | --benchmark_out) _pvt_files -f ;;
    --out) if [ "${COMP_WORDS[1]}" = report ]; then _pvt_files -f; else _pvt_files -d; fi ;;
    --resume | --from) _pvt_files -d ;;
    --hosts | --base | --head | --margin | --alpha | --metric | --chunk | --budget | --precision | --repetitions | --invocations | --min-time | --timeout | --seed | --hold | \
      --benchmark_filter | --benchmark_repetitions | --task | --tasks | --longest-task | --bytes-in | --bytes-out | --shared-memory | \
      --traffic | --parent-memory | --jobs | --syscalls | --maps | --allocations | --descriptors | --shared-writes) ;;
    *) return 1 ;;
  esac
  return 0
}

_pvt() {
  local _pvt_word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _pvt_words "run compare gate trend advise report list place doctor help --version --help"
    return
  fi
  # bash makes three words of --option=value
  if [ "$_pvt_word" = = ]; then _pvt_word="" before=$before
  elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  _pvt_value "$before" && return
  case ${COMP_WORDS[1]} in
    run) _pvt_words "$_pvt_run_options" ;;
    list) if ((COMP_CWORD == 2)) && [[ $_pvt_word != -* ]]; then _pvt_words "kernels runners suites cases columns"
      else _pvt_words "$_pvt_run_options"; fi ;;
    place) _pvt_words "--workers --policy --topology" ;;
    doctor) _pvt_words "--json" ;;
    compare) if [[ $_pvt_word == -* ]]; then
        _pvt_words "--margin --alpha --metric --margins --format --all --any-machine --any-build"
      else _pvt_files -f; fi ;;
    gate) _pvt_words "--base --head --margin --alpha --metric --margins --self-test --gates --budget --repetitions --out --seed --format --all" ;;
    trend) if [[ $_pvt_word == -* ]]; then _pvt_words "--metric --margin --alpha --format --all --plot --any-machine"
      else _pvt_files -f; fi ;;
    advise) _pvt_words "--from --kernel --size --input --plugin --no-measure --budget --format --task --tasks --longest-task \
      --workers --each --bytes-in --bytes-out --shared-memory --traffic --parent-memory --jobs --survive-crash --syscalls --maps \
      --allocations --descriptors --shared-writes" ;;
    report) if [[ $_pvt_word == -* ]]; then _pvt_words "--html --verbose --out --plot"
      else _pvt_files -d; fi ;;
    help) _pvt_words "run compare gate trend advise report list place doctor" ;;
  esac
}
complete -F _pvt pvt
