#!/usr/bin/env bash
# The suite python: which Python is measured and how that is told; what happens without one, or with one that is none.
# Arguments: the program, a scratch folder.
set -u
pvt=$1 scratch=$2
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 2
failed=0
fail() { echo "FAILED: $*"; failed=1; }
run() { "$pvt" run --suite python --quick --repetitions 1 --invocations 1 "$@" >out.txt 2>&1; }
nowhere=$PWD/nowhere # that nobody has made
script() { printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod +x "$1"; }

# skipped NAME TEXT: with that as PVT_PYTHON the run ends well, each case is skipped, and the reason has the text.
skipped() {
  PVT_PYTHON=$1 run --csv skipped.csv || fail "PVT_PYTHON=$1: exit code $?"
  [ "$(grep -c ',skipped,' skipped.csv)" -eq "$(($(wc -l <skipped.csv) - 1))" ] || fail "PVT_PYTHON=$1: not all is skipped"
  grep -qF -- "$2" skipped.csv || fail "PVT_PYTHON=$1: no '$2' in: $(tail -1 skipped.csv)"
}
skipped "$nowhere" "'$nowhere' cannot be started: No such file or directory; install Python 3 and its shared library (on Debian python3 and libpython3.X)"
script garbage 'echo "<!-- 17"; echo more'
skipped ./garbage "'./garbage' is no Python that pvt can ask: it says '<!-- 17'; name another in PVT_PYTHON"
script silent 'exit 3'
skipped ./silent "it says nothing"
script short 'printf "pvt-python\n3.11.7\n1\n1\n"'
skipped ./short "is no Python that pvt can ask"
script endless 'yes'
skipped ./endless "did not say"
script old 'printf "pvt-python\n3.6.15\n0\n1\n/usr\n/usr\n\nlibpython3.6m.so.1.0\n"'
skipped ./old "is not CPython 3.7 or later"
script alone 'printf "pvt-python\n3.99.1\n1\n1\n/usr\n/usr\n\nlibpython3.99t.so.1.0\n"'
skipped ./alone "whose shared library libpython3.99t.so.1.0 is not here: install it (on Debian libpython3.99t)"
script elsewhere 'printf "pvt-python\n3.99.1\n1\n1\n/usr\n/usr\n%s\nlibpython3.99.so.1.0\n" /bin/sh'
skipped ./elsewhere "cannot dynamically load"
PVT_PYTHON='' PATH=$nowhere run --csv none.csv; told=$(grep -c "'python3' cannot be started" none.csv)
[ "$told" -ge 8 ] || fail "without a python3 on PATH: $(head -3 out.txt)"

# --- no other suite takes these kernels unless told to
run --dry-run
[ "$(wc -l <out.txt)" -ge 8 ] || fail "the suite has no cases: $(cat out.txt)"
"$pvt" run --dry-run | grep '/python-' | grep -qv '^python/' && fail "another suite has Python's kernels"

# --- with a Python: all is right, in processes of their own, and the report says which it was
asked=$(python3 -I -S -c 'import platform; print(platform.python_version())')
mkdir shadow && echo 'raise ImportError("the variables of the user are heeded")' >shadow/hashlib.py
PYTHONHOME=$nowhere PYTHONPATH=$PWD/shadow run --no-isolate --workers 3 --min-time 1ms --out run || { cat out.txt; fail "the run ends with $?"; }
if grep -qE "is not here: install it|cannot be started|is not CPython" run/samples.csv; then
  echo "SKIPPED: $(grep -m1 skipped out.txt)"
  exit $((failed ? 1 : 77))
fi
# loop and hash under five runners, shared under three; with sub-interpreters loop and hash in threads
subs=$(python3 -I -S -c 'import sys; print(int(sys.version_info >= (3, 12) and getattr(sys, "_is_gil_enabled", lambda: True)()))')
[ "$(grep -c ',ok,' run/samples.csv)" -eq $((13 + 4 * subs)) ] || fail "not $((13 + 4 * subs)) good samples in processes of their own"
"$pvt" run --suite pool --kernel 'python-*' --quick --workers 3 --repetitions 1 --csv pools.csv >/dev/null 2>&1
[ "$(grep -c ',ok,' pools.csv)" -eq $((15 + 6 * subs)) ] || fail "not $((15 + 6 * subs)) good samples of pools"
python3 - "$asked" <<'P' || failed=1
import json, sys
python = json.load(open("run/env.json"))["python"]
assert python["version"] == sys.argv[1], python
assert python["gil"] is getattr(sys, "_is_gil_enabled", lambda: True)(), python
assert python["library"].startswith("/") and python["file"].split()[1] == "bytes", python
P
grep -qF "| Python | $asked |" run/TABLES.md || fail "TABLES.md does not name Python"
grep -q "^## Python threads and processes" run/TABLES.md || fail "TABLES.md has no section"
"$pvt" run --kernel cube --size 100 --runner seq --repetitions 1 --out without >/dev/null 2>&1
grep -q '"python"' without/env.json && fail "env.json names a Python that nothing was measured with"

# --- a library of another version is not taken for the program's
library=$(python3 -c 'import json; print(json.load(open("run/env.json"))["python"]["library"])')
script other "printf 'pvt-python\\n3.99.1\\n1\\n1\\n/usr\\n/usr\\n%s\\nlibpython3.99.so.1.0\\n' '$library'"
skipped ./other "and the program 3.99.1"

# --- a run goes on with the same Python alone
cp -r run broken && python3 - <<'P'
import json
env = json.load(open("broken/env.json")); del env["ended"]; env["pythons"][0]["version"] = "3.0.1"
json.dump(env, open("broken/env.json", "w"))
P
"$pvt" run --resume broken >out.txt 2>&1
[ $? -eq 2 ] && grep -qF "Python, version: then '3.0.1', now '$asked'" out.txt || fail "resumed: $(head -3 out.txt)"
exit $failed
