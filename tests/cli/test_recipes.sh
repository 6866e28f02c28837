#!/usr/bin/env bash
# The recipes of CONTRIBUTING.md, followed to the letter in a copy of the tree: each file that it prints, each line that it says
# to add to a list; then what `make test` runs over kernels and runners, and the program. Nothing of bench/ needs to be compiled for that,
# so the program is linked with what the build has of it. Arguments: scratch folder, source folder, build folder, cmake options.
set -u
scratch=$1 src=$2 build=$3; shift 3
rm -rf "$scratch" && mkdir -p "$scratch/tree" && cd "$src" || exit 2
failed=0
fail() { echo "FAILED: $*"; failed=1; }

git -C "$src" ls-files -co --exclude-standard >"$scratch/files" 2>/dev/null || { echo "SKIPPED: this is no git checkout"; exit 77; }
tar -cf - --ignore-failed-read -T "$scratch/files" 2>/dev/null | tar -xf - -C "$scratch/tree"
cd "$scratch/tree" && git init -q . || exit 2
python3 - <<'PY' || exit 1
import re
text = open("CONTRIBUTING.md", encoding="utf-8").read()
files = re.findall(r"[Ww]rite\s+`([^`]+)`:\n\n```c\n(.*?)```", text, re.S)
lines = re.findall(r"[Aa]dd\s+`([^`]+)`\s+to\s+`([^`]+)`", text)
assert len(files) == 2 and len(lines) == 2, (files, lines)
for path, code in files:
    assert len(code.splitlines()) < 30, f"{path} has 30 lines or more"
    open(path, "w", encoding="utf-8").write(code)
for line, path in lines:
    old = open(path, encoding="utf-8").read().splitlines()
    last = max(i for i, l in enumerate(old) if l.startswith(line.split("(")[0] + "("))
    open(path, "w", encoding="utf-8").write("\n".join(old[:last + 1] + [line] + old[last + 1:]) + "\n")
PY
kernel=$(diff "$src/kernels/kernels.def" kernels/kernels.def | sed -n 's/^> KERNEL(\(.*\))$/\1/p')
[ -n "$kernel" ] || fail "no kernel was added"
runner=$(diff "$src/runners/runners.def" runners/runners.def | sed -n 's/^> [A-Z]*("\([^"]*\)".*/\1/p')
[ -n "$runner" ] || fail "no runner was added"

cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE=-O0 -DCMAKE_CXX_FLAGS_RELEASE=-O0 "$@" >cmake.log 2>&1 || { tail -20 cmake.log; exit 1; }
cmake --build build --target runners pvt-cell pvt-cell-dynamic test_kernels test_hosts test_runner_faults test_runner_schedules >build.log 2>&1 || { tail -30 build.log; exit 1; }
rooms=$(sed -n "s,^pvt_room(\\([a-z]*\\).*,$build/bench/lib\\1.a,p" bench/CMakeLists.txt)
# shellcheck disable=SC2086
c++ -o build/pvt "$build/bench/CMakeFiles/pvt.dir/main.c.o" -Wl,--undefined=engine_mpi -Wl,--start-group $rooms build/runners/lib*.a \
  build/runners/pool/libpool.a build/kernels/libkernels.a -Wl,--end-group -lbenchmark -ljansson -lcsv -lhwloc -lpthread -ldl -lm >link.log 2>&1 ||
  { tail link.log; exit 1; }
grep -E "(kernels/$kernel|runners/launch_[a-z]*|runners/runner)\.c:.*warning:" build.log && fail "what the page prints has warnings"

build/tests/test_kernels >log 2>&1 || { fail "test_kernels"; grep -v '^\[' log | tail; }
build/tests/test_hosts '*shared_out*' >log 2>&1 || { fail "test_hosts"; grep -v '^\[' log | tail; }
for test in 'faults fails_is_told' 'schedules deals_each_item' 'faults half_way'; do
  "build/tests/test_runner_${test% *}" "*${test#* }*" >log 2>&1 || { fail "test_runner_$test"; grep -v '^\[' log | tail; }
done
tests/cli/test_architecture.sh "$PWD" "$PWD/build" || fail "test_architecture"

build/pvt list kernels | grep -q "^$kernel " || fail "$kernel is not listed"
build/pvt list runners | grep -q "^$runner " || fail "$runner is not listed"
for suite in scaling lifecycle isolation; do
  build/pvt list cases --suite $suite | grep -q "/$runner/" || fail "$suite has no case of $runner"
done
build/pvt run --suite scaling --kernel "$kernel,cube" --size small --workers 1,2 --repetitions 1 --invocations 1 --min-time 1ms --out run >log 2>&1 ||
  { fail "the run"; tail -5 log; }
for workers in 1 2; do
  grep -q ",scaling,$kernel,.*,$runner,$workers,.*,ok," run/samples.csv || fail "no good sample of $kernel under $runner with $workers workers"
done
grep -q "^| kernel, size .* $runner span |" run/TABLES.md || fail "TABLES.md has no column of $runner"
grep -q "^| $kernel " run/TABLES.md || fail "TABLES.md has no row of $kernel"
exit $failed
