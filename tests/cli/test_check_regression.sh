#!/usr/bin/env bash
# scripts/check-regression in a repository of its own, where `cmake` yields made-up arms that are as slow as the commit says:
# base from a worktree, head from the tree, the summary, and nothing left behind.
# Arguments: the program, a scratch folder, the source folder.
set -u
pvt=$1 scratch=$2 src=$3 failed=0
rm -rf "$scratch" && mkdir -p "$scratch/repo/scripts" && cd "$scratch/repo" || exit 2
fail() { echo "FAILED: $*"; tail -5 said; failed=1; }
columns=$("$pvt" list columns --json | python3 -c 'import json, sys; print(",".join(c["name"] for c in json.load(sys.stdin)))')

git init -q . && git config user.name pvt && git config user.email pvt@localhost
cp "$src/scripts/check-regression" scripts/
echo /build >.gitignore
cat >CMakePresets.json <<'P'
{ "version": 3, "configurePresets": [ { "name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build" } ] }
P
cat >CMakeLists.txt <<'P'
cmake_minimum_required(VERSION 3.25)
project(made_up NONE)
add_custom_target(pvt COMMAND cp ${CMAKE_SOURCE_DIR}/pvt.sh ${CMAKE_BINARY_DIR}/pvt)
P
release() { # release FACTOR: a commit whose program takes so much more time
  cat >pvt.sh <<P
#!/bin/sh
case \$1 in
gate) shift && exec "$pvt" gate "\$@" ;;
esac
shift # run
exec python3 -S -E "$src/tests/cli/made_arm.py" $1 columns=$columns log=$scratch/log kernels=sort "\$@"
P
  chmod +x pvt.sh && git add -A && git commit -q -m "$1"
}
check() { # check WHAT CODE WORDS BASE
  what=$1 code=$2 words=$3 got=0
  shift 3
  scripts/check-regression "$@" >said 2>&1 || got=$?
  [ $got = "$code" ] || fail "$what: exit $got, not $code"
  grep -q -- "$words" said || fail "$what: '$words' is not said"
  [ "$(git worktree list | wc -l)" = 1 ] || fail "$what: a worktree is left"
}

release 1 && git tag first
check "the same" 0 "0 regressions" first --seed 3
release 1.1 && git tag slow
check "slower" 1 "| regression |" first --seed 3
grep -q "^## Regression" build/regression/summary.md && grep -q "Base: .first. " build/regression/summary.md || fail "the summary"
check "faster" 0 "0 regressions" slow --seed 3
release 1.0 && check "faster than slow" 0 "0 regressions" slow --seed 3
check "no such commit" 2 "is no commit here" nowhere
check "no origin" 2 "origin/main.* is no commit here"
echo 'message(FATAL_ERROR "broken")' >>CMakeLists.txt
check "head does not build" 2 "head cannot be built" first
exit $failed
