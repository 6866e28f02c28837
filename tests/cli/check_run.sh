#!/usr/bin/env bash
# The shape of a quick run over everything: every kernel under every runner with 1 and 2 workers, every sample ok,
# every figure drawn. Argument: the run folder. No times are looked at.
set -euo pipefail
dir=$1
fail() { echo "FAILED: $*"; exit 1; }
for f in samples.csv summary.csv ratios.csv curves.csv env.json RESULTS.md TABLES.md; do [ -s "$dir/$f" ] || fail "$f is missing"; done
for f in overview speedup ratio creation waiting contention lifecycle lives memory switch channels latency effort bandwidth grain recovery python spread pool; do
  [ -s "$dir/plots/$f.svg" ] && [ -s "$dir/plots/$f.png" ] || fail "plot $f is missing"
  [ "$(cat "$dir/RESULTS.md" "$dir/TABLES.md" | grep -c "plots/$f.png")" = 1 ] || fail "RESULTS.md and TABLES.md do not show $f once"
done
python3 - "$dir" <<'P'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1] + "/samples.csv")))
bad = [r for r in rows if r["status"] != "ok" and not (r["status"] == "skipped" and r["why"])]
assert not bad, f"{len(bad)} samples are not ok, e.g. {bad[0]}"
suites = {r["suite"] for r in rows}
assert len(suites) >= 11, suites
kernels = {r["kernel"] for r in rows if r["suite"] == "scaling"}
have = {(r["kernel"], r["runner"], int(r["workers"])) for r in rows}
env = json.load(open(sys.argv[1] + "/env.json"))
counts = [1, 2] if env["machine"]["pus"] >= 2 else [1]
for k in kernels:
    assert (k, "seq", 1) in have, k
    for r in ("pthread", "fork", "spawn", "pthread-pool", "fork-pool"):
        for w in counts:
            assert (k, r, w) in have, (k, r, w)
assert len(kernels) >= 13, kernels
assert env["pvt"]["compiler"] and env["topology"].startswith("<?xml"), "env.json is thin"
print(f"{len(rows)} samples, {len(have)} cases, {len({r['run_id'] for r in rows})} invocations: the shape is right")
P
