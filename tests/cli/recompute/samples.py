"""samples.csv read and reduced anew, after docs/data-dictionary.md and not after the program: cases, medians by invocation
and by pass, ratios formed pass by pass. It shares no code with pvt, which is what makes its agreement worth something."""
import collections
import csv
import functools
import math

from .intervals import NAN, NOTHING, interval, median, quantile

__all__ = ("NAN", "NOTHING", "Samples", "differs", "geomean", "interval", "median", "over", "quantile")
RUNNERS = ("seq", "pthread", "fork", "spawn", "forkserver", "pthread-pool", "fork-pool", "pthread-steal", "fork-steal",
           "openmp", "mpi", "mpi+pthread", "mpi+fork")
COUNTS = ("size", "workers", "hosts", "chunk", "ballast")
LEAST = {"hosts": 1}  # files of before do not have the column
KEY = ("suite", "kernel", "size", "runner", "workers", "hosts", "placement", "schedule", "ballast", "pages", "python", "chunk")
WORK = ("suite", "kernel", "size", "ballast", "pages", "python")

def over(a, b):
    """a / b as floating point has it, where Python would raise."""
    if b:
        return a / b
    return NAN if a == 0 or math.isnan(a) else math.copysign(math.inf, a)


def column_of(column):
    return lambda s, c, at: c.of_run(column, at)


def geomean(values):
    return math.exp(sum(math.log(v) for v in values) / len(values))


class Case:
    def __init__(self, key, rows):
        self.__dict__.update(zip(KEY, key))
        good = [r for r in rows if r["status"] == "ok"]
        bad = [r for r in rows if r["status"] != "ok"]
        self.good, self.samples, self.failed = good, len(good), len(bad)
        self.status = bad[-1]["status"] if bad else "ok"
        self.noisy = sum("noisy" in r["flags"] for r in good)
        self.oversubscribed = any("oversubscribed" in r["flags"] for r in rows)
        last = good[-1] if good else {}
        self.work = float(last.get("work") or 0)
        self.items = int(last.get("items") or 0)
        self.work_unit = last.get("work_unit", "")
        self.phases = int(last.get("phases") or 0)
        self.exchanged = float(last.get("exchanged") or NAN)
        self._by_run, self._by_pass, self.speedup, self.wall_speedup = {}, {}, NOTHING, NOTHING

    def values(self, column):
        return [float(r[column]) for r in self.good if r.get(column)]

    def by_run(self, column):
        """run_id -> median of this column's samples in that invocation, where there are any."""
        if column not in self._by_run:
            found = collections.defaultdict(list)
            for r in self.good:
                if r.get(column):
                    found[r["run_id"]].append(float(r[column]))
            self._by_run[column] = {run: median(x) for run, x in found.items()}
        return self._by_run[column]

    def by_pass(self, column):
        """(run_id, block, pass) -> the same of one pass of a block; none in files of before."""
        if column not in self._by_pass:
            found = collections.defaultdict(list)
            for r in self.good:
                if r.get(column) and int(r.get("block") or 0):
                    found[r["run_id"], int(r["block"]), int(r["pass"] or 0)].append(float(r[column]))
            self._by_pass[column] = {at: median(x) for at, x in found.items()}
        return self._by_pass[column]

    def of_run(self, column, at):
        """Of an invocation, or of one of its passes."""
        return (self.by_pass if isinstance(at, tuple) else self.by_run)(column).get(at, NAN)

    @functools.cached_property
    def passes(self):
        """run_id -> its passes, of the rows that are good."""
        found = collections.defaultdict(set)
        for r in self.good:
            if int(r.get("block") or 0):
                found[r["run_id"]].add((r["run_id"], int(r["block"]), int(r["pass"] or 0)))
        return found

    def over_runs(self, column):
        return interval(self.by_run(column).values())

    def overall(self, column):
        """The median over all samples, whatever their invocation."""
        return median(self.values(column))

    @property
    def series(self):
        return self.runner + (f", {self.hosts} hosts" if self.hosts > 1 else "")

    @property
    def span(self):
        return self.over_runs("span_ns")

    @property
    def wall(self):
        return self.over_runs("wall_ns")


class Samples:
    def __init__(self, path):
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        groups = collections.defaultdict(list)
        for r in rows:
            groups[tuple(max(int(r.get(k) or 0), LEAST.get(k, 0)) if k in COUNTS else r.get(k) or "" for k in KEY)].append(r)
        self.sample_count = len(rows)
        self.runs = list(dict.fromkeys(r["run_id"] for r in rows))
        self.cases = [Case(key, groups[key]) for key in sorted(groups, key=self._order)]
        for c in self.cases:
            self._add_speedups(c)

    @staticmethod
    def _order(key):
        suite, kernel, size, runner, *rest = key
        return suite, kernel, size, RUNNERS.index(runner) if runner in RUNNERS else len(RUNNERS), runner, *rest

    def _add_speedups(self, c):
        seq = self.find(c, "seq", 1)
        if not seq:
            return
        for name, column in (("speedup", "span_ns"), ("wall_speedup", "wall_ns")):
            e = self.ratio(seq, c, column)
            factor = over(c.work, seq.work)
            setattr(c, name, e._replace(value=e.value * factor, low=e.low * factor, high=e.high * factor))

    def find(self, like, runner, workers):
        """The case like this one but for runner and workers; the sequential one stands for all placements and hosts."""
        for c in self.cases:
            if all(getattr(c, k) == getattr(like, k) for k in WORK) and \
                    (c.runner, c.workers) == (runner, workers) and \
                    ("seq" in (c.runner, like.runner) or (c.placement, c.hosts) == (like.placement, like.hosts)):
                return c
        return None

    def ratio_in(self, run, a, of_a, b, of_b):
        """What `of_a` reads of a over what `of_b` reads of b in one invocation: the median of the passes that have both, by the logarithms;
        where they share none, of the invocation's medians."""
        each = [over(of_a(self, a, at), of_b(self, b, at)) for at in a.passes[run] & b.passes[run]]
        logs = [math.log(r) for r in each if math.isfinite(r) and r > 0]
        return math.exp(median(logs)) if logs else over(of_a(self, a, run), of_b(self, b, run))

    def difference_in(self, run, a, b, reading):
        """The same of a less b."""
        each = [d for at in a.passes[run] & b.passes[run] if math.isfinite(d := reading(self, a, at) - reading(self, b, at))]
        return median(each) if each else reading(self, a, run) - reading(self, b, run)

    def ratio(self, a, b, column):
        """a over b, paired by invocation."""
        pairs = (self.ratio_in(run, a, read, b, read) for read in (column_of(column),) for run in self.runs)
        return interval([r for r in pairs if math.isfinite(r)])

    def of(self, *suites):
        return [c for c in self.cases if c.suite in suites]

    def pythons(self):
        """Those of the suite that were measured: "3.13.5", "3.13.5t"; "" in files of before."""
        return sorted({c.python for c in self.of("python") if c.samples})

    def most_workers(self, suite):
        return max((c.workers for c in self.of(suite) if not c.oversubscribed and c.samples), default=0)

    def counterpart(self, c, suite, a, b, workers):
        """The case of runner b that the case c of runner a is compared with, if c is one."""
        if c.suite != suite or c.runner != a or c.workers != workers or not c.samples:
            return None
        other = self.find(c, b, 1 if b == "seq" else workers)
        return other if other and other.samples else None

    def across(self, suite, a, b, workers, column):
        """a over b: geometric mean over the kernels in each invocation that has all of them; and how many kernels."""
        pairs = [(c, other) for c in self.cases if (other := self.counterpart(c, suite, a, b, workers))]
        means, read = [], column_of(column)
        for run in self.runs:
            x = [r for c, other in pairs if math.isfinite(r := self.ratio_in(run, c, read, other, read))]
            if pairs and len(x) == len(pairs):
                means.append(geomean(x))
        return interval(means), len(pairs)


def differs(ratio):
    """The rule by which two are called different."""
    return ratio.coverage >= 0.95 and (ratio.low > 1 or ratio.high < 1) and abs(ratio.value - 1) > 0.01
