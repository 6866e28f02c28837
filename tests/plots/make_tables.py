#!/usr/bin/env python3
"""Writes synthetic tables for the plot tests: invented numbers, never to be shown as measured.

make_tables.py DIR  makes DIR/NAME/summary.csv and ratios.csv for the data sets below.
"""
import csv
import math
import os
import random
import sys

SUMMARY = ("suite,kernel,size,runner,workers,placement,schedule,runs,samples,failed,wall_ns,wall_low,wall_high,"
           "span_ns,span_low,span_high,speedup,speedup_low,speedup_high,efficiency,efficiency_low,efficiency_high,"
           "wall_speedup,wall_speedup_low,wall_speedup_high,create_ns,start_ns,exit_ns,imbalance,pss_kib,"
           "spread_min,spread_q1,spread_q3,spread_max,rate,unit,recovery_ns,recovery_ns_low,recovery_ns_high,survivors,lost"
           ).split(",")
CURVES = "figure,panel,series,x,value,low,high,runs".split(",")
RATIOS = "suite,kernel,size,workers,pair,metric,ratio,low,high,runs,label".split(",")
RUNNERS = ("seq", "pthread", "fork", "spawn", "pthread-pool", "fork-pool")
PAIRS = (("fork", "pthread"), ("spawn", "pthread"), ("fork-pool", "pthread-pool"))
KERNELS = "spin square cube primes nqueens mandelbrot matmul kmeans sobel wordcount sort triad wait".split()
# share that runs in parallel, noise of a sample, advantage of processes
SHAPE = {"sort": (0.9, .03, .98), "triad": (0.6, .02, 1.0), "wordcount": (0.97, .04, 1.25),
         "kmeans": (0.95, .02, .9), "sobel": (0.98, .08, 1.0)}
OVERHEAD = {"seq": 3e2, "pthread": 3.5e4, "fork": 2.2e5, "spawn": 9e5, "pthread-pool": 4e3, "fork-pool": 4.4e3}
ODD = ["under_score_2", "100%_done %d", "a^{b} $x$ \\alpha\\n", 'say "hi", you', "<b>&amp;'it'</b>", "größe µ",
       "a kernel with a very long name that cannot fit into any panel"]


def number(x):
    return "" if x is None or x != x else f"{x:.6g}"


def interval(x, share):
    return x, x * (1 - share), x * (1 + share)


class Machine:
    def __init__(self, seed, cores, kernels, counts, runners=RUNNERS, scale=1.0):
        self.rng = random.Random(seed)
        self.cores, self.kernels, self.counts, self.runners = cores, kernels, counts, runners
        self.spans = {k: scale * 10 ** self.rng.uniform(5.5, 8.5) for k in kernels}

    def case(self, kernel, runner, workers):
        parallel, noise, edge = SHAPE.get(kernel, (0.995, .01, 1.0))
        span = self.spans[kernel]
        if runner != "seq":
            busy = workers if kernel == "wait" else min(workers, self.cores)
            span *= (1 - parallel) * math.sqrt(busy) + parallel / busy
            span *= self.rng.gauss(1, noise / 3) * (1 / edge if "fork" in runner or runner == "spawn" else 1)
        extra = OVERHEAD.get(runner, 5e4) * (1 + 0.4 * (workers - 1)) * math.exp(self.rng.gauss(0, .2))
        share = noise / 2 * self.rng.uniform(.5, 2)
        seq = self.spans[kernel]
        speedup = interval(seq / span, share)
        spread = sorted(abs(self.rng.gauss(1, noise)) for _ in range(40))
        if self.rng.random() < .1:
            spread[-1] *= self.rng.uniform(1.3, 4)
        row = ["scaling", kernel, "1M", runner, workers, "compact", "static", 5, 40, 0]
        row += map(number, interval(span + extra, share))
        row += map(number, interval(span, share))
        row += map(number, speedup)
        row += [number(s / workers) for s in speedup]
        row += map(number, interval(seq / (span + extra), share))
        row += map(number, (extra * .3, extra * .4, extra * .3, self.rng.uniform(0, .1), 900 + 400 * workers))
        row += map(number, (spread[0], spread[10], spread[30], spread[-1], 1e9 / span))
        return dict(zip(SUMMARY, row + ["items/s"]))

    def summary(self):
        return [self.case(k, r, w) for k in self.kernels for r in self.runners
                for w in ([1] if r == "seq" else self.counts)]


def ratios(cases):
    found = {(c["kernel"], c["runner"], c["workers"]): c for c in cases}
    rows = []
    for (kernel, runner, workers), ours in found.items():
        for process, thread in PAIRS:
            theirs = found.get((kernel, thread, workers))
            if runner != process or not theirs:
                continue
            for metric in ("span", "wall"):
                cells = [c[metric + end] for c in (ours, theirs) for end in ("_ns", "_low", "_high")]
                ends = ["", "", ""]
                if all(cells):
                    a, a0, a1, b, b0, b1 = map(float, cells)
                    ends = [number(a / b), number(a0 / b1), number(a1 / b0)]
                plural = "worker" if workers == 1 else "workers"
                rows.append(dict(zip(RATIOS, ["scaling", kernel, "1M", workers, f"{process}/{thread}", metric, *ends,
                                              5, f"{kernel}, {workers} {plural}"])))
    return rows


def crashes():
    """A kind of crash, one under all runners, one that never mends under one of them."""
    rows = []
    for k, kernel in enumerate(("crash-a", "crash-b")):
        for r, runner in enumerate(("pthread", "fork", "spawn", "fork-steal")):
            row = dict.fromkeys(SUMMARY, "") | {
                "suite": "isolation", "kernel": kernel, "size": 10, "runner": runner, "workers": 4, "placement": "compact",
                "schedule": "dynamic", "runs": 6, "samples": 6, "failed": 0, "recovery_ns": 4e5 * 10 ** k * (r + 1),
                "recovery_ns_low": 3e5 * 10 ** k * (r + 1), "recovery_ns_high": 2e6 * 10 ** k * (r + 1),
                "survivors": 3 if runner != "pthread" else 0, "lost": 1 if runner != "pthread" else 103}
            if (kernel, runner) == ("crash-b", "spawn"):
                row |= {"failed": 6, "recovery_ns": "", "recovery_ns_low": "", "recovery_ns_high": "", "survivors": "", "lost": ""}
            rows.append(row)
    return rows


def curves():
    """Each figure of curves.csv: panels, an x of nothing, a value that no logarithmic axis shows, an estimate without
    interval, a runner nobody foresaw."""
    rows = []
    for figure in ("lifecycle", "lives", "firstwork", "memory", "idle", "bystander", "mapping", "tables", "serve", "latency", "effort", "bandwidth", "grain"):
        for p in range({"latency": 15, "grain": 2}.get(figure, 3)):
            panel = f"{figure} panel {p}"
            for s, series in enumerate(("pthread", "fork", "stranger%s")):
                for i, x in enumerate((0, 64, 4096, 2 ** 20) if figure == "lifecycle" else (10, 1000, 100000)):
                    at = "1e+08" if (figure, x) == ("idle", 100000) else x  # as %g writes it
                    value = 1 / (1 + 1000 * (s + 1) / (x + 1)) if figure == "grain" else 1e3 * (s + 1) * (x + 10) ** .3
                    value = -3 if (figure, p, s, i) == ("memory", 0, 0, 0) else value
                    low, high = ("", "") if series == "stranger%s" else (value * .9, value * 1.2)
                    rows.append((figure, panel, series, at, value, low, high, 6))
                if figure == "grain":
                    rows.append(("metg", panel, series, 0.5, 1000 * (s + 1), 800 * (s + 1), 1300 * (s + 1), 6))
    return [dict(zip(CURVES, row)) for row in rows]


SCALE = "what kind kernel size runner hosts workers value low high runs over_measured".split()


CONTRASTS = ("suite", "what", "machine", "ratio", "low", "high", "differs")


def contrasts():
    """Twelve comparisons: one far out on either side, one without an interval, one that is no difference."""
    ratios = (0.01, 900, 0.5, 0.8, 1.3, 1.1, 1.02, 1.01, 0.99, 1.01, 1.02, 0.98)
    return [dict(zip(CONTRASTS, ("switch", f"comparison {i}", "", r, "" if i == 5 else r * (0.9 if i > 5 else 0.99), "" if i == 5 else r * 1.01,
                                 "no" if i > 4 else "yes"))) for i, r in enumerate(ratios)]


def scale():
    """Beyond one machine: a kernel in two sizes, a runner nobody foresaw, an estimate without interval, predictions, messages."""
    rows = []
    for what in ("speedup", "efficiency"):
        for kernel, size in (("kmeans", 1), ("odd,_%d", 2), ("kmeans", 3)):
            for runner in ("pthread", "mpi", "mpi+pthread", "stranger%s"):
                for hosts in (1,) if runner == "pthread" else (1, 2, 4):
                    for workers in (hosts, 2 * hosts):
                        value = workers * .9 if what == "speedup" else .9 - .05 * hosts
                        ends = ("", "") if runner == "stranger%s" else (value * .9, value * 1.1)
                        rows.append((what, "measured", kernel, size, runner, hosts, workers, value, *ends, 6, ""))
            for e in range(7):
                value = 2 ** (e + 1) / (1 + .1 * e) if what == "speedup" else .9 / (1 + .2 * e)
                rows.append((what, "predicted", kernel, size, "mpi", 2 ** e, 2 ** (e + 1), value, "", "", 0, ""))
    for what, kernels in (("latency", ("message-latency", "latency-pipe")), ("bandwidth", ("message-bandwidth", "bandwidth-tcp"))):
        for kernel in kernels:
            for hosts in (1, 2) if "message" in kernel else (1,):
                for size in (1, 4096, 2 ** 20):
                    runner = "mpi" if "message" in kernel else "fork"
                    rows.append((what, "measured", kernel, size, runner, hosts, 2, 1e3 * hosts * size ** .5, 9e2 * hosts * size ** .5, "", 6, ""))
    return [dict(zip(SCALE, row)) for row in rows]


def fail(case):
    for name in SUMMARY[SUMMARY.index("wall_ns"):]:
        case[name] = ""
    case["failed"] = 40


def write(folder, name, columns, rows):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def main(out):
    sets = {
        "two": Machine(1, 2, KERNELS, (1, 2)).summary(),
        "many": Machine(2, 64, KERNELS + [f"extra{i}" for i in range(7)], [2 ** i for i in range(8)]).summary(),
        "tiny-jobs": Machine(3, 8, KERNELS[:5], (1, 2, 3, 4, 6, 8, 12), scale=1e-3).summary(),
        "minimal": Machine(4, 2, ["matmul"], (2,), ("fork",)).summary(),
        "pair": Machine(4, 2, ["matmul"], (2,), ("seq", "pthread", "fork")).summary(),
        "seq-only": Machine(5, 2, ["matmul"], (1,), ("seq",)).summary(),
        "odd": Machine(6, 4, ODD, (1, 2, 4), RUNNERS + ("openmp", "mpi", "my_runner%s")).summary(),
    }
    for units in (128, 1024):
        sets[f"units-{units}"] = Machine(7, units, KERNELS, [2 ** e for e in range(int(math.log2(units)) + 1)]).summary()
    odd = sets["odd"]
    for case in odd:
        if case["kernel"] == ODD[0] and case["runner"] == "spawn" or \
           case["kernel"] == ODD[1] and case["runner"] == "fork" and case["workers"] == 2 or case["kernel"] == ODD[5]:
            fail(case)
        if case["kernel"] == ODD[2]:
            for name in ("speedup_low", "speedup_high", "span_low", "spread_q1", "pss_kib", "wall_ns"):
                case[name] = ""
    # the same kernel in a second size and a second suite; a wild ratio; a rate kernel without a speedup
    sets["odd"] += [{**c, "size": "4K"} for c in odd if c["kernel"] == ODD[3] and c["runner"] != "seq"]
    # beyond the scale: the efficiency of one runner; and the same cases under a second placement, which seq has not
    for case in odd:
        if case["kernel"] == ODD[4] and case["runner"] == "mpi":
            case["efficiency"] = case["efficiency_low"] = case["efficiency_high"] = "3.4"
    for case in sets["tiny-jobs"]:
        case["placement"] = "none" if case["runner"] == "seq" else "compact"
    sets["tiny-jobs"] += [{**c, "placement": "scatter"} for c in sets["tiny-jobs"]
                          if c["kernel"] == "cube" and c["runner"] != "seq"]
    sets["two"] += [{**c, "suite": "lifecycle", "kernel": "empty", "speedup": "", "speedup_low": "", "speedup_high": "",
                     "efficiency": "", "efficiency_low": "", "efficiency_high": "", "span_ns": "900"}
                    for c in sets["two"] if c["kernel"] == "spin" and c["runner"] != "seq"]
    sets["two"] += crashes()
    write(os.path.join(out, "two"), "curves.csv", CURVES, curves())
    write(os.path.join(out, "two"), "contrasts.csv", CONTRASTS, contrasts())
    write(os.path.join(out, "two"), "scale.csv", SCALE, scale())
    for name, cases in sets.items():
        write(os.path.join(out, name), "summary.csv", SUMMARY, cases)
        write(os.path.join(out, name), "ratios.csv", RATIOS, ratios(cases))


if __name__ == "__main__":
    main(sys.argv[1])
