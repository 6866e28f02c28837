"""Every column of a samples.csv is filled by a real measurement, and plausible. Argument: the file."""
import csv
import sys

rows = list(csv.DictReader(open(sys.argv[1])))
runners = {row["runner"] for row in rows}
assert len(rows) == len(runners) >= 5, f"{len(rows)} rows, one a runner expected"
for row in rows:
    who = row["runner"]
    for name, value in row.items():
        assert value != "" or name == "flags", f"{who}: column {name} is empty"
    number = {k: float(v) for k, v in row.items() if k.endswith("_ns") or k in ("imbalance", "minflt", "nvcsw")}
    assert 0 < number["span_ns"] <= number["wall_ns"], who
    assert 1 <= number["imbalance"] <= int(row["workers"]) + 0.01, f"{who}: imbalance {number['imbalance']}"
    assert number["start_ns"] < number["wall_ns"] or row["suite"] == "pool" or "pool" in who, who
    assert len(row["cpus"].split()) == int(row["workers"]), f"{who}: cpus '{row['cpus']}'"
assert len({row["checksum"] for row in rows}) == 1, "checksums differ"
of = {row["runner"]: row for row in rows}
if "spawn" not in of:
    sys.exit(0)
assert float(of["fork"]["minflt"]) > float(of["pthread"]["minflt"]), "a process faults its memory in, a thread shares it"
assert float(of["spawn"]["pss_kib"]) > float(of["pthread"]["pss_kib"]), "a process costs more memory than a thread"
assert float(of["spawn"]["start_ns"]) > float(of["pthread"]["start_ns"]), "a program starts slower than a thread"
