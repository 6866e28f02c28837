"""What is left of a crash, in a samples.csv of the suite isolation. Argument: the file."""
import csv
import sys

rows = list(csv.DictReader(open(sys.argv[1])))
assert len({row["kernel"] for row in rows}) == 5 and len({row["runner"] for row in rows}) == 8, "a case is missing"
for row in rows:
    who = f"{row['kernel']} on {row['runner']}"
    assert row["status"] == "ok", f"{who}: {row['status']}: {row['why']}"
    workers, items = int(row["workers"]), int(row["items"])
    left, lost = float(row["survivors"]), float(row["lost"])
    if row["runner"].startswith("pthread"):
        assert left == 0 and items / 2 <= lost <= items, f"{who}: threads leave {left}, and lose {lost} of {items}"
    else:
        # A worker that a loaded machine keeps from its CPU for as long as a hanging one is given is ended like it.
        if 1 <= left < workers - 1:
            print(f"{who}: processes leave {left} of {workers}: another one was ended too")
            continue
        assert left == workers - 1 and 1 <= lost < items / 4, f"{who}: processes leave {left}, and lose {lost} of {items}"
    assert 0 < float(row["recovery_ns"]) + float(row["redo_ns"]) < float(row["wall_ns"]), who
    assert row["kernel"] != "crash-loop" or float(row["wall_ns"]) > 1e8, f"{who}: noticed before its time"
    assert row["pss_kib"] == row["cycles_user"] == "", f"{who}: there is no probe job"
