#!/usr/bin/env bash
# Plug-ins: the example is built outside of the tree against the installed header, by CMake and by pkg-config; both of its
# versions run, verified, under every runner in one run; files that are no good plug-ins are refused.
# Arguments: the program, the build folder, a scratch folder, the source folder.
set -u
pvt=$1 build=$2 scratch=$3 src=$4 failed=0
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 2

# expect CODE TEXT COMMAND…: the command ends with CODE, and its output has TEXT.
expect() {
  local code=$1 text=$2; shift 2
  "$@" >out.txt 2>&1 </dev/null; local got=$?
  [ $got -eq "$code" ] && grep -qF -- "$text" out.txt && return
  echo "FAILED: $* -> $got, wanted $code and '$text'; got:"; head -5 out.txt; failed=1
}

cmake --install "$build" --prefix "$scratch/prefix" >install.log 2>&1 || { cat install.log; exit 1; }
cmake -S "$src/examples/plugin" -B cmake -D CMAKE_PREFIX_PATH="$scratch/prefix" >cmake.log 2>&1 &&
  cmake --build cmake >>cmake.log 2>&1 || { cat cmake.log; exit 1; }
PKG_CONFIG_PATH=$(dirname "$(find "$scratch/prefix" -name pvt-kernel.pc)")
export PKG_CONFIG_PATH
flags="-std=gnu17 -shared -fPIC -O1 $(pkg-config --cflags pvt-kernel)" || failed=1
compile() { # compile NAME.so SOURCE FLAGS…
  # shellcheck disable=SC2086
  cc $flags -o "$@" || failed=1
}

# --- two versions of one kernel, side by side under every runner
mkdir "a folder; 100%"
compile "a folder; 100%/collatz.so" "$src/examples/plugin/collatz.c"
expect 0 "$scratch/cmake/collatz-ctz.so" "$pvt" list --plugin cmake/collatz-ctz.so
expect 0 "built in" "$pvt" list
expect 2 "there is no kernel 'collatz'" "$pvt" run --kernel collatz --dry-run
PVT_PLUGIN_PATH=":$scratch/a folder; 100%" expect 0 "collatz" "$pvt" run --plugin cmake/collatz-ctz.so \
  --kernel collatz,collatz-ctz --suite scaling --workers 2 --size small --repetitions 2 --invocations 2 --min-time 1ms --verbose --out run
rows=$(grep -cE ',scaling,collatz(-ctz)?,.*,ok,' run/samples.csv)
[ "$rows" -eq 28 ] || { echo "FAILED: $rows rows are ok, not 2 versions x 7 runners x 2 samples"; failed=1; }
sums=$(python3 -c "import csv; print(len({r['checksum'] for r in csv.DictReader(open('run/samples.csv'))}))")
[ "$sums" -eq 1 ] || { echo "FAILED: the two versions have $sums checksums"; failed=1; }
expect 0 "collatz-ctz" "$pvt" list --plugin cmake/collatz-ctz.so --plugin ./cmake/../cmake/collatz-ctz.so # one file twice

# --- any program as a kernel
program() { "$pvt" run --plugin cmake/program.so --kernel program --runner seq --size 1 --repetitions 1 --csv program.csv; }
PROGRAM='exit 0' expect 0 "1 samples" program
PROGRAM='exit 3' expect 1 "verification failed" program
expect 2 "set PROGRAM" program

# --- refusals: variant NAME 'fields' builds a plug-in of one kernel with these fields
variant() {
  printf '#include <pvt/kernel.h>\nstatic uint64_t run(struct context *c, uint64_t b, uint64_t e) { (void)c; return e - b; }\n%s\n' \
    "static const struct kernel k = {$2}; const struct kernel *const pvt_kernels[] = {&k, NULL};" >"$1.c"
  compile "$1.so" "$1.c"
}
refuse() { # refuse TEXT FILE
  expect 2 "$1" "$pvt" list --plugin "$2"
  expect 2 "$2" "$pvt" run --plugin "$2" --kernel cube --dry-run
}
whole='.help = "h", .item = "i", .run = run'
variant abi ".abi = 99, .name = \"abi\", $whole"
variant duplicate ".abi = KERNEL_ABI, .name = \"matmul\", $whole"
variant empty ".abi = KERNEL_ABI, .name = \"\", $whole"
variant unnamed ".abi = KERNEL_ABI, $whole"
variant comma ".abi = KERNEL_ABI, .name = \"a,b\", $whole"
variant norun '.abi = KERNEL_ABI, .name = "norun", .help = "h", .item = "i"'
echo 'int x;' >nosymbol.c && compile nosymbol.so nosymbol.c
printf '#include <pvt/kernel.h>\nconst struct kernel *const pvt_kernels[] = {NULL};' >none.c && compile none.so none.c
echo "just text" >text.so
refuse "kernel 0: built for ABI 99, this pvt has ABI 4" abi.so
refuse "there is a kernel 'matmul' already, built in" duplicate.so
refuse "its name is empty" empty.so
refuse "its name is empty" unnamed.so
refuse "other characters than letters" comma.so
refuse "lacks run" norun.so
refuse "has no symbol pvt_kernels" nosymbol.so
refuse "has an empty list" none.so
refuse "cannot be loaded" text.so
refuse "No such file or directory" missing.so
refuse "cannot be loaded" "$scratch"
expect 2 "there is a kernel 'collatz' already, from $scratch/cmake/collatz.so" \
  "$pvt" list --plugin cmake/collatz.so --plugin "a folder; 100%/collatz.so"
PVT_PLUGIN_PATH=nowhere expect 2 "PVT_PLUGIN_PATH: 'nowhere': No such file or directory" "$pvt" list
exit $failed
