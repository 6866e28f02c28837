#!/usr/bin/env bash
# All fuzz targets in turn. Arguments: the build folder of the preset `fuzz`, seconds a target. What is found new goes
# into BUILD/found/TARGET; an input that breaks something lies in BUILD/broken, and the exit code is 1.
set -u
build=$(cd "$1" && pwd) seconds=$2 failed=0
corpus=$(cd "$(dirname "$0")/corpus" && pwd)
mkdir -p "$build/broken"
for target in samples image words topology units chain environment; do
  mkdir -p "$build/found/$target" "$build/work"
  cd "$build/work" || exit 2
  if ! "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 \
    -close_fd_mask=3 -artifact_prefix="$build/broken/$target-" "$build/found/$target" "$corpus/$target" \
    >"$build/$target.log" 2>&1; then
    echo "BROKEN: $target"
    grep -E 'ERROR|SUMMARY|runtime error|Test unit written|MUST' "$build/$target.log"
    failed=1
  else
    echo "$target: $(grep -E '^Done|^#.*DONE' "$build/$target.log" | tail -1)"
  fi
done
exit $failed
