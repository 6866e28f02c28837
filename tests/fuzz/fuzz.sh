#!/usr/bin/env bash
# All fuzz targets in turn. Arguments: the build folder of the preset `fuzz`, seconds a target. What is found new goes
# into BUILD/found/TARGET; an input that breaks something lies in BUILD/broken, and the exit code is 1.
set -u
build=$(cd "$1" && pwd) seconds=$2 failed=0
corpus=$(cd "$(dirname "$0")/corpus" && pwd)
mkdir -p "$build/broken"
"$(dirname "$0")/make_corpus.py" "$build/made" || exit 2

# As they are the inputs made are too big to be varied, and need to go through once only.
feed() {
  local options=(-timeout=20 -rss_limit_mb=2048 -close_fd_mask=3 -artifact_prefix="$build/broken/$1-") made=()
  [ ! -d "$build/made/$1" ] || made=("$build/made/$1"/*)
  [ ${#made[@]} = 0 ] || "$build/tests/fuzz/fuzz_$1" "${options[@]}" "${made[@]}" || return
  "$build/tests/fuzz/fuzz_$1" "${options[@]}" -max_total_time="$seconds" -max_len=8192 "$build/found/$1" "$corpus/$1"
}

for target in samples margins image words topology units invocation environment; do
  mkdir -p "$build/found/$target" "$build/work"
  cd "$build/work" || exit 2
  if ! feed "$target" >"$build/$target.log" 2>&1; then
    echo "BROKEN: $target"
    grep -E 'ERROR|SUMMARY|runtime error|Test unit written|MUST' "$build/$target.log"
    failed=1
  else
    echo "$target: $(grep -E '^Done|^#.*DONE' "$build/$target.log" | tail -1)"
  fi
done
exit $failed
