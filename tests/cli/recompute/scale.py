"""Beyond one machine, computed anew: what runners with messages measured, the LogGP fit of their messages, and what follows from it."""
import collections
import fnmatch
import math

from . import words
from .curves import STREAM, TASK, an_item, bounds, grains, work_a_second
from .samples import NAN, NOTHING, interval, median, over

FAR, RUNNERS = 64, ("pthread", "fork", "mpi", "mpi+pthread", "mpi+fork")
NO_JOBS = ("message-*", "all-reduce", "deal", "spin", "task")
Point = collections.namedtuple("Point", "what predicted kernel size runner hosts workers y over", defaults=(NAN,))
Model = collections.namedtuple("Model", "small gap byte")
FAULTS = {"nothing": "no message was measured", "one": "messages of one size alone have no time a byte",
          "slope": "long messages took no longer than short ones", "latency": "the times leave nothing for the first byte"}


def exactly(value):
    return NOTHING._replace(value=value)


def has_messages(c):
    return c.runner == "mpi" or c.runner.startswith("mpi+")


def is_job(c):
    return c.suite == "scale" and not any(fnmatch.fnmatchcase(c.kernel, k) for k in NO_JOBS)


def read(s, c, reading):
    return interval([v for run in s.runs if math.isfinite(v := reading(s, c, run))])


def base_of(s, c):
    """The case of one worker with its share of the work."""
    for o in s.of(c.suite):
        if o.samples and (o.workers, o.hosts, o.kernel, o.runner) == (1, 1, c.kernel, c.runner) and \
                abs(over(o.work * c.workers, c.work) - 1) < 0.01:
            return o
    return None


# ---- what was measured ----

MESSAGES = {"message-latency": ("latency", an_item("span_ns", 2)), "message-bandwidth": ("bandwidth", work_a_second),
            "all-reduce": ("all-reduce", an_item("span_ns")), "deal": ("deal", an_item("span_ns"))}


def measured(s):
    for c in s.cases:
        if not c.samples:
            continue

        def point(what, y, c=c, size=c.size):
            return Point(what, False, c.kernel, size, c.runner, c.hosts, c.workers, y)
        if is_job(c):
            yield point("span", c.span)
            if c.runner != "seq":
                yield point("speedup", c.speedup)
        elif c.suite == "weak":
            base = base_of(s, c)
            if base:
                yield point("weak span", c.span, size=base.size)
                yield point("efficiency", s.ratio(base, c, "span_ns"), size=base.size)
        elif c.suite == "scale" and c.kernel in MESSAGES and c.workers > 1:
            what, reading = MESSAGES[c.kernel]
            yield point(what, read(s, c, reading))
        elif c.suite == "channel" and c.runner == "fork":
            kind, _, channel = c.kernel.partition("-")
            if channel in ("pipe", "tcp", "ring-spin") and kind in ("latency", "bandwidth"):
                yield point(kind, read(s, c, an_item("span_ns", 2) if kind == "latency" else work_a_second))
    places = collections.defaultdict(list)
    for c in s.cases:
        if is_job(c) and c.runner == "mpi" and c.workers > 1:
            places[c.hosts, c.workers].append(c)
    for (hosts, workers), cases in places.items():
        of_runs = [[v for c in cases if math.isfinite(v := c.of_run("barrier_ns", run))] for run in s.runs]
        yield Point("barrier", False, "barrier", 1, "mpi", hosts, workers, interval([median(x) for x in of_runs if x]))


# ---- the model ----

def fitted(points, gap):
    """Least squares of the relative deviations: the two parameters, or what is wrong."""
    points = [(k - 1, t) for k, t in points if k >= 1 and math.isfinite(t) and t > 0]
    if len({k for k, _ in points}) < 2:
        return "one" if points else "nothing"
    # With u = (1, k - 1) / t the deviations are a u - 1: two normal equations.
    a11, a12, a22, b1, b2 = (sum(f(1 / t, k / t) for k, t in points) for f in (
        lambda u, v: u * u, lambda u, v: u * v, lambda u, v: v * v, lambda u, v: u, lambda u, v: v))
    byte, small = ((x / (a11 * a22 - a12 * a12)) for x in (a11 * b2 - a12 * b1, a22 * b1 - a12 * b2))
    return "slope" if not byte > 0 else "latency" if not small > 0 else Model(small, gap, byte)


def fit(s, hosts):
    cases = [c for c in s.of("scale") if c.samples and (c.runner, c.hosts, c.workers) == ("mpi", hosts, 2)]
    found, fault = [], "nothing"
    for run in s.runs:
        gaps = [an_item("span_ns")(s, c, run) for c in cases if c.kernel == "message-bandwidth" and c.size == 1]
        m = fitted([(c.size, an_item("span_ns", 2)(s, c, run)) for c in cases if c.kernel == "message-latency"], gaps[-1] if gaps else NAN)
        if isinstance(m, str):
            fault = m
        else:
            found.append(m)
    if not found:
        return fault
    return Model(*(interval([v for v in column if math.isfinite(v)]) for column in zip(*found)))


def ceil_lg(n):
    return (n - 1).bit_length()


class Net:
    def __init__(self, inside, across):
        self.inside, self.across = (Model(NAN, NAN, NAN) if isinstance(m, str) else Model(*(e.value for e in m)) for m in (inside, across))

    def all_reduce(self, ranks, hosts, size):
        crossing = ceil_lg(hosts)
        inside = ceil_lg(ranks) - crossing
        return sum(n * (m.small + (size - 1) * m.byte) for n, m in ((inside, self.inside), (crossing, self.across)) if n > 0)

    def waiting(self, workers, phases, hosts, sends):
        """Three messages from each to each after a phase, if anything is sent: how much, which items, the bytes; and a barrier."""
        messages = 3 * (hosts - 1) * self.across.small if sends else 0
        return phases * (messages + self.all_reduce(hosts * workers, hosts, 1)) if hosts > 1 else 0

    def sending(self, sent, hosts):
        return (hosts - 1) * sent * self.across.byte / hosts


class Beyond:
    """All points; `fits` of one host and of two, `a_host` workers, and what lies beyond."""

    def __init__(self, s, env):
        self.s, self.shared = s, bool(env.get("hosts_share_machine"))
        suites = [c for c in s.of("scale", "weak") if c.samples]
        self.most_hosts = max((c.hosts for c in suites if has_messages(c)), default=0)
        self.points, self.net = [], None
        if not self.most_hosts:
            return
        jobs = [c for c in suites if (is_job(c) or c.suite == "weak") and c.runner == "mpi" and not c.oversubscribed and c.workers % c.hosts == 0]
        self.a_host = max((c.workers // c.hosts for c in jobs if c.hosts > 1 or self.most_hosts < 2), default=0)
        self.points = [p for p in measured(s) if math.isfinite(p.y.value)]
        # Between hosts of one machine there is no network: nothing is fitted, and nothing follows.
        self.fits = ("nothing", "nothing") if self.shared else (fit(s, 1), fit(s, 2))
        if not isinstance(self.fits[1], str):
            self.net = Net(*self.fits)
            self.points += list(self._jobs()) + list(self._collectives())

    def find(self, what, predicted, kernel, size, runner, hosts, workers):
        for p in self.points:
            if p[:7] == (what, predicted, kernel, size, runner, hosts, workers):
                return p
        return None

    def sweep(self):
        hosts = 1
        while self.a_host and hosts <= FAR:
            yield hosts, hosts * self.a_host
            hosts *= 2

    def _lines(self):
        lines = collections.defaultdict(dict)
        for c in self.s.of("scale", "weak"):
            weak = c.suite == "weak"
            base = base_of(self.s, c) if weak else c
            if c.samples and c.runner == "mpi" and base and (weak or is_job(c)):
                lines[weak, c.kernel, base.size].setdefault((c.hosts, c.workers), c)
        return lines

    def _jobs(self):
        for (weak, kernel, size), cases in self._lines().items():
            told = [c for (hosts, _), c in cases.items() if hosts > 1 and c.phases and math.isfinite(c.exchanged)]
            wanted = [p for p in cases if p[0] > 1 and p[1] % p[0] == 0] + list(self.sweep())
            for hosts, workers in dict.fromkeys(wanted) if told else ():
                one, real = cases.get((1, workers // hosts)), cases.get((hosts, workers))
                if not one or math.isnan(self.net.all_reduce(2 * (workers // hosts), 2, 1)):
                    continue
                sent = told[0].exchanged * (workers / told[0].workers if weak else 1)
                ns = one.span.value / (1 if weak else hosts) + self.net.waiting(workers // hosts, told[0].phases, hosts, sent > 0) + self.net.sending(sent, hosts)
                place = kernel, size, "mpi", hosts, workers
                yield Point("weak span" if weak else "span", True, *place, exactly(ns), ns / real.span.value if real and hosts > 1 else NAN)
                base = cases.get((1, 1)) if weak else self.s.find(told[0], "seq", 1)
                if base:
                    yield Point("efficiency" if weak else "speedup", True, *place, exactly(base.span.value / ns))

    def _collectives(self):
        real = [p for p in self.points if p.what in ("all-reduce", "barrier") and p.workers > 1 and p.runner == "mpi" and not p.predicted]
        for what, kernel, size in dict.fromkeys((p.what, p.kernel, p.size) for p in real):
            here = {(p.hosts, p.workers): p.y.value for p in real if (p.what, p.size) == (what, size)}
            for hosts, workers in dict.fromkeys([*here, *((h, w) for h, w in self.sweep() if w > 1)]):
                ns = self.net.all_reduce(workers, hosts, size)
                if math.isfinite(ns):
                    yield Point(what, True, kernel, size, "mpi", hosts, workers, exactly(ns), over(ns, here.get((hosts, workers), NAN)))

    # ---- scale.csv ----

    def rows(self):
        def number(v):
            return f"{v:.8g}" if math.isfinite(v) else ""
        for p in self.points:
            yield [p.what, "predicted" if p.predicted else "measured", p.kernel, str(p.size), p.runner, str(p.hosts), str(p.workers),
                   *map(number, p.y[:3]), str(p.y.n), number(p.over)]
        for hosts, f in enumerate(self.fits if self.points else (), 1):
            for name, e in zip(("L + 2 o", "g", "G"), f) if not isinstance(f, str) else ():
                if math.isfinite(e.value):
                    yield ["parameter", "fitted", name, "1", "mpi", str(hosts), "2", *map(number, e[:3]), str(e.n), ""]

    # ---- sentences ----

    def _range(self, what, predicted, hosts, show):
        found = sorted((p for p in self.points if (p.what, p.predicted, p.runner, p.hosts, p.workers) ==
                        (what, predicted, "mpi", hosts, hosts * self.a_host)), key=lambda p: p.y.value)
        ends = found[:1] + (found[-1:] if len(found) > 1 else [])
        return " to ".join(f"{show(p.y.value)} ({p.kernel})" for p in ends)

    def _tell(self, what, show, verb, end):
        here = self._range(what, False, self.most_hosts, show) if self.points else ""
        if not here:
            return ""
        shared = ", emulated on one machine," if self.shared and self.most_hosts > 1 else ""
        return f"{words.counted(self.most_hosts * self.a_host, 'worker')} on {words.counted(self.most_hosts, 'host')}{shared} {verb} {here}{end}"

    def strong(self):
        return self._tell("speedup", lambda v: f"{v:.2f}-fold", "speed the work up", "")

    def weak(self):
        return self._tell("efficiency", words.share, "are", " efficient when the work grows with them")

    def messages(self):
        of = {(what, hosts): [p for p in self.points if (p.what, p.runner, p.hosts) == (what, "mpi", hosts)]
              for what in ("latency", "bandwidth") for hosts in (1, 2)}
        at = {h: min(of["latency", h], key=lambda p: p.size) for h in (1, 2) if of["latency", h]}
        if not at:
            return ""
        where = {1: "to a worker of the same host", 2: "to one of another" + (", which is the same machine" if self.shared else "")}
        said = f"A message of {words.size(next(iter(at.values())).size)} takes " + \
            ", ".join(f"{words.time(p.y.value)} {where[h]}" for h, p in at.items())
        rates = [max(of["bandwidth", h], key=lambda p: p.size) for h in (1, 2) if of["bandwidth", h]]
        if rates:
            said += f"; messages of {words.size(rates[0].size)} go at " + " and ".join(words.rate(p.y.value) for p in rates)
        return said

    # ---- the sections ----

    def beyond(self):
        many = "; more are given with --hosts" if self.most_hosts < 2 else \
            ", which share one machine: that shows that the work comes out right there, and nothing of how fast it would be on as many machines; no model " \
            "predicts more from it" \
            if self.shared else ""
        yield f"Workers that send messages (MPI), spread evenly over up to {words.counted(self.most_hosts, 'host')}{many}."

    def measured(self):
        for what in ("speedup", "efficiency"):
            found = [p for p in self.points if p.what == what and not p.predicted]
            if found:
                yield row("kernel, size", "hosts", "workers", *RUNNERS)
            for place in dict.fromkeys((p.kernel, p.size, p.hosts, p.workers) for p in found):
                cells = {p.runner: shown(p) for p in found if (p.kernel, p.size, p.hosts, p.workers) == place}
                first = next(p for p in found if (p.kernel, p.size) == place[:2])
                yield row(name_of(first), str(place[2]), str(place[3]), *(cells.get(r, "–") for r in RUNNERS))
        sent = [p for p in self.points if p.what == "latency" and p.runner == "mpi"]
        if sent:
            yield row("message", "hosts", "one way", "payload, a second")
        for p in sent:
            rate = self.find("bandwidth", False, "message-bandwidth", p.size, "mpi", p.hosts, p.workers)
            yield row(words.size(p.size), str(p.hosts), shown(p), shown(rate) if rate else "–")
        together = [p for p in self.points if p.what in ("all-reduce", "barrier", "deal") and p.runner == "mpi" and not p.predicted]
        if together:
            yield row("all workers at once", "hosts", "workers", "time")
        for p in together:
            yield row(name_of(p), str(p.hosts), str(p.workers), shown(p))
        found = list(grains(self.s, "scale"))
        for panel in (TASK, STREAM):
            said = "; ".join(f"{g.series} × {g.workers} {bounds(g, g.half)}" for g in found if g.panel == panel)
            if said:
                yield words.escaped(f"Of {panel}, the smallest task at 50 % efficiency (METG): {said}.")

    def model(self):
        """The lead says what it is, what comes out for the most hosts, and what goes in."""
        strong = self._range("speedup", True, FAR, lambda v: f"{v:.2f}-fold")
        weak = self._range("efficiency", True, FAR, words.share)
        each = words.counted(self.a_host, "worker")
        if strong or weak:
            grows = f"{weak} when the work grows with the workers" if weak else ""
            yield words.escaped(
                f"A prediction, not a measurement. For {FAR} hosts with {each} each the model predicts " +
                ", and an efficiency of ".join(x for x in (strong, grows) if x) + ". It is made from the parameters below, from each kernel's measured span on "
                f"one host with {each}, from its phases, and from the bytes that its hosts sent each other.")
        yield row("between", "a small message, L + 2o", "gap g", "payload, 1 / G")
        for name, f in zip(("workers of one host", "workers of two hosts"), self.fits):
            if isinstance(f, str):
                yield row(name, "cannot be fitted: " + FAULTS[f], "–", "–")
                continue
            rate = NOTHING._replace(value=1e9 / f.byte.value, low=over(1e9, f.byte.high), high=over(1e9, f.byte.low))
            yield row(name, words.estimate_in(words.time, f.small),
                      words.estimate_in(words.time, f.gap) if math.isfinite(f.gap.value) else "–", words.estimate_in(words.rate, rate))
        open_ = [p for p in self.points if p.predicted and (p.hosts, p.workers) == (1, self.a_host) and
                 p.what in ("speedup", "efficiency", "all-reduce", "barrier")]
        if not open_:
            return
        yield row("what", "hosts", "workers", "measured", "predicted", "predicted / measured")
        for p in self.points:
            if math.isfinite(p.over):
                real = self.find(p.what, False, *p[2:7])
                yield row(name_of(p), str(p.hosts), str(p.workers), shown(real), shown(p), f"{p.over:.2f}")
        yield f"Predicted, not measured, for hosts with {words.counted(self.a_host, 'worker')} each: speedup over one core of a job of the same size, efficiency of " \
              "one that grows with the workers, and times. On one host jobs are what was measured there; from it they are predicted."
        yield row("predicted", "1 host", *(f"{2**e} hosts" for e in range(1, 7)))
        for p in open_:
            at = [self.find(p.what, True, p.kernel, p.size, p.runner, h, w) for h, w in self.sweep()]
            what = f", {p.what}" if p.what in ("speedup", "efficiency") else ""
            yield row(name_of(p) + what, *(shown(q) if q else "–" for q in at))


def row(*cells):
    return words.row(*map(words.escaped, cells))


def shown(p):
    show = {"speedup": lambda v: f"{v:.2f}", "efficiency": words.share, "bandwidth": words.rate}.get(p.what, words.time)
    return words.estimate_in(show, p.y)


def name_of(p):
    fixed = {"barrier": "barrier", "deal": "fetch-and-add by each worker", "all-reduce": f"all-reduce of {words.size(p.size)}"}
    return fixed.get(p.what) or f"{p.kernel} {p.size}" + (" a worker" if p.what in ("efficiency", "weak span") else "")


def of(part):
    """A section's checker."""
    return lambda s, env: getattr(Beyond(s, env), part)()
