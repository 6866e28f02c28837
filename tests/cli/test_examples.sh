#!/usr/bin/env bash
# The examples print what they promise, under both kinds of worker; then the library is installed into a scratch
# folder, and an example is built against it from outside, with CMake and with pkg-config.
# Arguments: the build folder, a scratch folder, the source folder.
set -u
build=$1 scratch=$2 src=$3 failed=0
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 2

expect() { # expect WHAT WANTED GOT
  [ "$2" = "$3" ] || { echo "FAILED: $1 printed"; echo "$3"; echo "instead of"; echo "$2"; failed=1; }
}
lines() { printf '%s\n' "$@"; }

for kind in processes threads; do
  expect "one_worker $kind" "$(lines 0 1 2 3 4 'the worker is done, the program goes on')" "$("$build/examples/one_worker" $kind)"
  four=$("$build/examples/four_workers" $kind)
  expect "four_workers $kind, numbers" "$(lines 0 1 2 3)" "$(sed -n 's/^worker \([0-9]*\), process [0-9]*$/\1/p' <<<"$four" | sort)"
  pids=$(sed 's/.*process //' <<<"$four" | sort -u | wc -l)
  expect "four_workers $kind, processes" "$([ $kind = threads ] && echo 1 || echo 4)" "$pids"
  expect "pool_square $kind" "1 4 9 16 25 36 49 64 81 100" "$("$build/examples/pool_square" $kind)"
  expect "pool_cube $kind" "$(lines 1 8 27 64 125 216 343 512 729)" "$("$build/examples/pool_cube" $kind)"
done

cmake --install "$build" --prefix "$scratch/prefix" >install.log 2>&1 || { cat install.log; exit 1; }
if cmake -S "$src/examples" -B outside -D CMAKE_PREFIX_PATH="$scratch/prefix" >cmake.log 2>&1 && cmake --build outside >>cmake.log 2>&1; then
  expect "pool_square, by CMake" "1 4 9 16 25 36 49 64 81 100" "$(outside/pool_square)"
else
  cat cmake.log; failed=1
fi
pc=$(dirname "$(find prefix -name pvt-pool.pc)")
flags=$(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs pvt-pool) || failed=1
# shellcheck disable=SC2086
cc -std=gnu17 "$src/examples/pool_cube.c" $flags -Wl,-rpath,"$(dirname "$pc")" -o cube || failed=1
expect "pool_cube, by pkg-config" "$(lines 1 8 27 64 125 216 343 512 729)" "$(./cube)"
exported=$(nm -D --defined-only "$(find prefix -name 'libpvtpool.so')" | awk '$2 == "T" && $3 !~ /^pool_/ { print $3 }')
expect "foreign names in libpvtpool.so" "" "$exported"
exit $failed
