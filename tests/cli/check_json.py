"""Google Benchmark's JSON: repetitions under one name, read by its own compare.py if that is there. Argument: the file."""
import json
import os
import subprocess
import sys

report = json.load(open(sys.argv[1]))
names = [b["name"] for b in report["benchmarks"]]
assert names.count("scaling/cube/1000/seq/workers:1") == 3, names
assert names.count("scaling/cube/1000/pthread/workers:1") == 3, names
assert all(b["real_time"] > 0 and b["time_unit"] == "ns" for b in report["benchmarks"])
assert all(b["number/s"] > 0 for b in report["benchmarks"] if "number/s" in b)
assert "num_cpus" in report["context"]

compare = "/usr/share/benchmark/compare.py"
try:
    import scipy  # noqa: F401  compare.py needs it
except ImportError:
    scipy = None
if os.path.exists(compare) and scipy:
    out = subprocess.run([sys.executable, compare, "benchmarks", sys.argv[1], sys.argv[1]],
                         capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    assert "scaling/cube/1000/seq/workers:1" in out.stdout, out.stdout
    print("compare.py reads it")
else:
    print("compare.py or scipy is not installed: its reading is not tested")
