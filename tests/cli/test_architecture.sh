#!/usr/bin/env bash
# The directions of design: kernels <- runners <- bench, never back; hwloc in the placement file alone, MPI in its module alone,
# which pvt is not linked to; C++ in one short file alone; no kernel with writable globals. Arguments: source folder, build folder.
set -u
src=$1 build=$2
cd "$src" || exit 2
failed=0
fail() { echo "FAILED: $*"; failed=1; }

found=$(grep -rnE '#include "(runners|bench)/' kernels) && fail "kernels must know neither runners nor bench: $found"
found=$(grep -nE '#include "bench/' -r runners) && fail "runners must not know bench: $found"
found=$(grep -lE '#include <hwloc' -r kernels runners bench examples 2>/dev/null | grep -v '^runners/placement.c$') && fail "hwloc belongs into placement.c: $found"
found=$(grep -lE '#include [<"]mpi\.h|\<MPI_[A-Z][a-z]+' -r kernels runners bench examples tests --include='*.[ch]' --include='*.cc' | grep -v '^runners/mpi/module.c$') && fail "MPI belongs into runners/mpi/module.c: $found"
found=$(objdump -p "$build/pvt" | grep -iE 'NEEDED.*mpi') && fail "pvt is linked to an MPI; each has an ABI of its own: $found"
found=$(git ls-files '*.cc' '*.cpp' '*.cxx' '*.hpp' | grep -vE '^bench/(measure/gbench|peers/tbb).cc$') && fail "C++ belongs into gbench.cc, and into the peer that speaks nothing else: $found"
lines=$(wc -l <bench/measure/gbench.cc)
[ "$lines" -lt 150 ] || fail "gbench.cc has $lines lines; under 150"
found=$(grep -rnE 'pthread_create|pthread_join|\<fork\(|clone\(|hwloc' kernels | grep -vE ': \* |^kernels/copy_parent.c:[0-9]+:.*\<fork\(|^kernels/serve/connect.c:|^kernels/(beside|hang).c:[0-9]+:.*pthread_(create|join)|^kernels/stall.c:[0-9]+:.*(fork|clone)\(') && fail "a kernel makes no threads and processes: $found"

# A writable symbol lies in .data, .bss or thread-local storage; .data.rel.ro is constant after loading.
objects=$(find "$build/kernels" -name '*.o')
[ -n "$objects" ] || fail "no objects of kernels below $build"
for object in $objects; do
  found=$(objdump -t "$object" | awk '$0 ~ /[ \t](\.data|\.bss|\.tdata|\.tbss|\*COM\*)(\.[A-Za-z0-9_.]*)?[ \t]/ && $0 !~ /\.data\.rel\.ro/ && $0 !~ / d / { print $NF }' |
    grep -vE '^mutex_of_program$|^(__(asan|ubsan|odr|tsan|sanitizer)|\.L|\.?__const)' || true)
  [ -z "$found" ] || fail "$(basename "$object"): writable globals: $found"
done
exit $failed
