#!/usr/bin/env bash
# Where the kernel refuses perf_event_open: the run ends well, the columns are empty, the doctor and env.json say why.
# Arguments: the program, the one that denies, a scratch folder.
set -u
pvt=$1 deny=$2 scratch=$3
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch" || exit 2
"$deny" perf_event_open 1 /bin/true || exit 77
failed=0
check() { # check WHAT COMMAND…
  local what=$1; shift
  if ! "$@"; then echo "FAILED: $what"; failed=1; fi
}

for error in 1:EPERM:"seccomp filter":PERFMON 13:EACCES:perf_event_paranoid:CAP_PERFMON 38:ENOSYS:"no perf events":CONFIG_PERF; do
  IFS=: read -r number name why mend <<<"$error"
  "$deny" perf_event_open "$number" "$pvt" doctor >doctor.txt
  check "the doctor says $name" grep -qE "^unknown  counters +none \($name: .*$why" doctor.txt
  check "and the mend of $name" grep -qE "fix:  .*$mend" doctor.txt
done

"$deny" perf_event_open 1 "$pvt" run --kernel cube --size 1000 --workers 2 --repetitions 1 --invocations 1 --out denied >log.txt 2>&1
code=$?
check "the run ends with 0, not $code: $(tail -1 log.txt)" test $code -eq 0
check "columns are empty" python3 - denied/samples.csv <<'P'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
assert len({row["runner"] for row in rows}) >= 6, "all runners"
names = [name for name in rows[0] if name.endswith(("_user", "_kernel"))]
assert len(names) == 8, names
for row in rows:
    assert row["status"] == "ok" and float(row["wall_ns"]) > 0, row
    assert all(row[name] == "" for name in names + ["counted"]), row
P
check "env.json says which counter was refused, and how" python3 - denied/env.json <<'P'
import json, sys
counters = json.load(open(sys.argv[1]))["counters"]
assert len(counters) == 8 and set(counters.values()) == {"EPERM"}, counters
P
exit $failed
