"""The rows of summary.csv, ratios.csv and curves.csv, computed anew; RESULTS.md and the figures are drawn from the same numbers."""
import csv
import math

from .curves import FIGURES, grains
from .overview import contrasts as overview_contrasts, ratios as overview_ratios
from .scale import Beyond
from .samples import differs, over, quantile


def number(value):
    return f"{value:.8g}" if math.isfinite(value) else ""


def numbers(e, divisor=1):
    return [number(v / divisor) for v in e[:3]]


def summary(s):
    for c in s.cases:
        wall, middle = c.values("wall_ns"), c.overall("wall_ns")
        yield [c.suite, c.kernel, str(c.size), c.runner, str(c.workers), c.placement, c.schedule, str(c.wall.n), str(c.samples), str(c.failed),
               *numbers(c.wall), *numbers(c.span), *numbers(c.speedup), *numbers(c.speedup, c.workers), *numbers(c.wall_speedup),
               *(number(c.overall(name)) for name in ("create_ns", "start_ns", "exit_ns", "imbalance", "pss_kib")),
               *(number(over(quantile(wall, q), middle)) for q in (0, 0.25, 0.75, 1)),
               number(over(c.work, c.span.value) * 1e9), c.work_unit, *numbers(c.over_runs("recovery_ns")),
               *(number(c.over_runs(name).value) for name in ("survivors", "lost")), str(c.hosts), number(c.over_runs("redo_ns").value), c.python]


def ratios(s):
    sizes = {}
    for c in s.cases:
        sizes.setdefault(c.kernel, set()).add(c.size)
    for processes, threads in (("fork", "pthread"), ("spawn", "pthread"), ("fork-pool", "pthread-pool")):
        for c in s.cases:
            other = s.find(c, threads, c.workers) if c.runner == processes else None
            for metric in ("wall", "span") if other else ():
                e = s.ratio(c, other, metric + "_ns")
                size = f" {c.size}" if len(sizes[c.kernel]) > 1 else ""
                if e.n:
                    yield [c.suite, c.kernel, str(c.size), str(c.workers), f"{processes}/{threads}", metric, *numbers(e), str(e.n),
                           f"{c.kernel}{size}, {c.workers} worker{'' if c.workers == 1 else 's'}"]


def curves(s):
    for f in FIGURES:
        for p in f.points(s):
            yield [f.name, p.panel, p.series, number(p.x), *numbers(p.y), str(p.y.n)]
    for g in grains(s):
        for threshold, e in dict(((1 / g.workers, g.pays), (0.5, g.half))).items():
            yield ["metg", g.panel, g.series, number(threshold), *(number(v) if g.least <= v <= g.most else "" for v in e[:3]), str(e.n)]


def overview(s):
    for name, e in overview_ratios(s):
        yield [name, "", *numbers(e)]


def contrasts(s):
    for figure, name, e in overview_contrasts(s):
        yield [figure, name, "", *numbers(e), "yes" if differs(e) else "no"]


TABLES = {"overview.csv": overview, "contrasts.csv": contrasts, "summary.csv": summary, "ratios.csv": ratios, "curves.csv": curves}


def scale(s, env):
    return Beyond(s, env).rows()


def faults(path, expected):
    """Rows that are there and should not be, and the other way round; their order is the program's own affair."""
    with open(path, newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))[1:]
    wanted = list(expected)
    for row in found:
        if row in wanted:
            wanted.remove(row)
        else:
            yield f"{path}: this row is not what the samples say: {','.join(row)}"
    for row in wanted:
        yield f"{path}: this row is missing: {','.join(row)}"
