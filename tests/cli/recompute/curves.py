"""The figures of curves: which cases each shows, what is read of them in one invocation, and how small a task may be."""
import collections
import fnmatch
import math

from . import words
from .intervals import BEYOND, NAN, crossing_interval, interval
from .samples import differs, over

Point = collections.namedtuple("Point", "panel series x y of reading")
Grain = collections.namedtuple("Grain", "panel series workers least most half pays")
TASK, STREAM = "one task per worker and job", "a stream of tasks, scheduled one at a time"


def of(column):
    return lambda s, c, run: c.of_run(column, run)


def an_item(column, parts=1):
    return lambda s, c, run: over(c.of_run(column, run), c.items) / parts


def of_a_page(s, c, run):
    """Each worker goes through all pages: the time of one as it sees it."""
    return an_item("span_ns")(s, c, run) * c.workers


def has_window(c):
    return bool(c.by_run("operation_ns"))


def operation(s, c, run):
    """Of an operation: in a fixed window where there is one."""
    return c.of_run("operation_ns", run) if has_window(c) else an_item("span_ns")(s, c, run)


def replacement(s, c, run):
    """From a crash to the first instruction of the new worker: known where the work done again is apart."""
    return c.of_run("recovery_ns", run) if c.by_run("redo_ns") else NAN


def recovery(s, c, run):
    """From a crash to the end of the item that it hit."""
    return c.of_run("recovery_ns", run) + (c.of_run("redo_ns", run) if c.by_run("redo_ns") else 0)


def wall_a_worker(s, c, run):
    return c.of_run("wall_ns", run) / c.workers


def first_result(s, c, run):
    """From asking to the end of the work; a pool is asked for its job."""
    if not c.by_run("work_ns"):
        return c.of_run("wall_ns", run)
    return sum(c.of_run(name, run) for name in ("start_ns", "bind_ns", "enter_ns", "meet_ns", "work_ns"))


def kib_a_worker(s, c, run):
    return (c.of_run("pss_kib", run) + c.of_run("tables_kib", run) + c.of_run("stacks_kib", run)) / c.workers


def kib_a_connection(s, c, run):
    return kib_a_worker(s, c, run) * c.workers / c.size


def work_a_second(s, c, run):
    return over(c.work, c.of_run("span_ns", run)) * 1e9


def efficiency(s, c, run):
    seq = s.find(c, "seq", 1)
    return over(over(s.ratio_in(run, seq, of("span_ns"), c, of("wall_ns")) * c.work, seq.work), c.workers) if seq else NAN


def grain_kind(kernel):
    return lambda c: c.kernel == kernel and c.workers > 1 and not c.oversubscribed and c.runner != "seq"


def after_star(pattern):
    """The panel is what the star stands for, and the placement unless it is the usual one."""
    return lambda c: c.kernel[pattern.index("*"):] + ("" if c.placement == "compact" else ", " + c.placement)


def shown(compared, kinds):
    """Of (name, ratio): how many differ, and how large a difference had to be to be shown in the others."""
    if not compared:
        return ""
    differ = sum(differs(e) for _, e in compared)
    others = [(name, e) for name, e in compared if not differs(e)]
    widths = [((e.high - e.low) / 2 / e.value, name) for name, e in others if e.coverage >= 0.95]
    text = f"threads and processes differ in {differ} of {len(compared)} {kinds}" if differ else \
        f"no difference between threads and processes was shown in {len(compared)} {kinds}"
    if widths:
        least, most = min(widths, key=lambda w: w[0]), max(widths, key=lambda w: w[0])
        text += f"; smallest detectable difference{' in the others' if differ else ''}: ±{100 * least[0]:.0f} % ({least[1]})"
        text += f" to ±{100 * most[0]:.0f} % ({most[1]})" if most[1] != least[1] else ""
    unsure = len(others) - len(widths)
    return text + (f"; {unsure} {'has' if unsure == 1 else 'have'} too few invocations to show one" if unsure else "")


class Figure:
    """`panels` are (name, which cases, reading) or, where they are named by the kernel, None."""

    def __init__(self, name, suite, kernels, x, reading, x_word, y_word, heading, heads, *, panels=None, title=None, tells_all=None,
                 at_most=False, drawn=True, difference_first=False):
        self.name, self.suite, self.kernels, self.reading, self.x_word, self.y_word = name, suite, kernels, reading, x_word, y_word
        self.x = lambda c: getattr(c, x)
        self.heading, self.heads, self.panels, self.title = heading, heads, panels, title
        self.tells_all, self.at_most, self.drawn, self.difference_first = tells_all, at_most, drawn, difference_first

    def points(self, s):
        found = []
        for c in s.of(self.suite):
            if not c.samples or c.runner == "seq" or not fnmatch.fnmatchcase(c.kernel, self.kernels):
                continue
            if self.panels:
                chosen = [(place, name, reading or self.reading) for place, (name, has, reading) in enumerate(self.panels) if has(c)]
            else:
                chosen = [(0, after_star(self.kernels)(c), self.reading)]
            for place, name, reading in chosen:
                values = [v for run in s.runs if math.isfinite(v := reading(s, c, run))]
                if values:
                    found.append((place, Point(name, c.series, float(self.x(c)), interval(values), c, reading)))
        return [p for _, p in sorted(found, key=lambda f: (f[0], f[1].panel, f[1].x))]

    # ---- its sentence ----

    def sentence(self, s):
        points = self.points(s)
        if not points:
            return ""
        if self.tells_all:
            return self._tell_all(s, points)
        if not self.title:
            return grain_title(s)
        first = [p for p in points if p.panel == points[0].panel]
        last = first[-1].x
        at = ", ".join(f"{p.series} {self.y_word(p.y.value)}" for p in first if p.x == last)
        return f"{self.title[0]} {self.x_word(last)}{self.title[1]}: {at}"

    def _tell_all(self, s, points):
        x = (max if self.at_most else min)(p.x for p in points)
        here = [p for p in points if p.x == x]
        least, most = min(here, key=lambda p: p.y.value), max(here, key=lambda p: p.y.value)
        compared = []
        for i, p in enumerate(here):
            others = [q for q in here[i + 1:] if q.panel == p.panel and q.series != p.series]
            if others:
                threads, processes = sorted((p, others[0]), key=lambda q: s.cases.index(q.of))
                e = interval([r for run in s.runs if math.isfinite(r := s.ratio_in(run, processes.of, p.reading, threads.of, p.reading))])
                if e.n:
                    compared.append((p.panel, e))
        ends = [f"{self.y_word(p.y.value)} ({p.panel}, {p.series})" for p in (least, most)]
        told = shown(compared, self.tells_all)
        ranged = f"{self.title[0]} {self.x_word(x)}{self.title[1]} {ends[0]} to {ends[1]}"
        parts = [ranged, told] if not self.difference_first or not told else [told[0].upper() + told[1:], ranged[0].lower() + ranged[1:]]
        return "; ".join(part for part in parts if part)

    # ---- its section ----

    def section(self, s):
        points = self.points(s)
        series = list(dict.fromkeys(p.series for p in points))
        yield words.row(*self.heads, *map(words.escaped, series))
        for panel, x in dict.fromkeys((p.panel, p.x) for p in points):
            cells = {p.series: words.estimate_in(self.y_word, p.y) for p in points if (p.panel, p.x) == (panel, x)}
            yield words.row(words.escaped(panel), self.x_word(x), *(cells.get(name, "–") for name in series))
        if not self.title:
            yield from grain_sentences(s)


def single(c):
    return c.workers == 1


def bare(c):
    return c.ballast == 0


def kernel_is(name):
    return lambda c: c.kernel == name


def page_is(kernel, pages):
    return lambda c: (c.kernel, c.pages) == (kernel, pages)


TIME, SIZE = words.time, words.size
FIGURES = (
    Figure("lifecycle", "lifecycle", "empty", "ballast", wall_a_worker, SIZE, TIME, "Creating and ending a worker, by the parent's memory",
           ("pages", "parent holds"), title=("Creating and ending one worker in a parent that holds", ""),
           panels=(("parent's memory in pages of 4 KiB", lambda c: single(c) and c.pages != "huge", None),
                   ("parent's memory in huge pages", lambda c: single(c) and c.pages != "small", None))),
    Figure("lives", "lifecycle", "empty", "workers", None, words.count, TIME, "Creating and ending a worker, by the number of workers",
           ("step", "workers"), title=("Launch call per worker, workers launched:", ""),
           panels=(("inside the launch call", bare, of("create_ns")), ("launch call to first instruction", bare, of("start_ns")),
                   ("last instruction to reaped", bare, of("exit_ns")), ("end of all work to all reaped, per worker", bare, of("drain_ns")))),
    Figure("firstwork", "first-work", "beside", "ballast", first_result, SIZE, TIME, "Time to a worker's first result",
           ("parent", "parent holds"), title=("Time to a worker's first result in a parent that holds", ""),
           panels=tuple((f"a parent with {n} thread{'s' if n > 1 else ''}", lambda c, n=n: c.size == n, None) for n in (1, 9, 65))),
    Figure("program", "lifecycle", "exec", "ballast", an_item("span_ns"), SIZE, TIME, "What a new program costs",
           ("operation", "parent holds"), title=("Starting and reaping a minimal program from a process that holds", ""), drawn=False,
           panels=(("posix_spawn of /bin/true, and its end", single, None),)),
    Figure("copied", "lifecycle", "*", "ballast", an_item("span_ns"), SIZE, TIME, "The first write to the parent's memory",
           ("pages", "parent holds"), title=("The first write to a page of the parent's memory,", " in pages of 4 KiB"), drawn=False,
           panels=(("small pages (4 KiB)", page_is("copy", "small"), None), ("huge pages", page_is("copy", "huge"), None),
                   ("fresh memory", kernel_is("fresh"), None), ("the parent's own, small pages", page_is("copy-parent", "small"), None),
                   ("the parent's own, huge pages", page_is("copy-parent", "huge"), None))),
    Figure("memory", "memory", "*", "workers", kib_a_worker, words.count, words.kib, "Memory per worker",
           ("the workers have", "workers"), title=("Memory of each of", " idle workers"),
           panels=(("idle", kernel_is("empty"), None), ("1 MiB each", kernel_is("touch-private"), None),
                   ("1 MiB in all", kernel_is("touch-shared"), None))),
    Figure("idle", "idle", "*", "size", of("wall_ns"), TIME, TIME, "How late a pool's job is after a pause",
           ("job", "pause"), title=("A job after a pause of", ""), panels=(("first job after a pause", lambda c: True, None),)),
    Figure("waiting", "idle", "*", "size", of("waiting_share"), TIME, words.share, "What an idle pool takes",
           ("who", "pause"), title=("A waiting worker takes, in a pause of", ", of a CPU"), drawn=False,
           panels=(("a waiting worker", lambda c: True, None),)),
    Figure("bystander", "bystander", "*", "workers", an_item("span_ns"), words.count, TIME, "What a worker that changes its memory costs the others",
           ("the others", "workers"), title=("Computing next to a worker that maps and unmaps memory,", " workers"),
           panels=(("computing next to mmap and munmap", kernel_is("compute-mmap"), None),
                   ("computing next to mprotect", kernel_is("compute-mprotect"), None),
                   ("computing next to a spinning worker", kernel_is("compute-spin"), None),
                   ("faulting next to mmap and munmap", kernel_is("fault-mmap"), None),
                   ("faulting next to mprotect", kernel_is("fault-mprotect"), None),
                   ("faulting next to a spinning worker", kernel_is("fault-spin"), None))),
    Figure("mapping", "mapping", "*", "workers", of_a_page, words.count, TIME, "What memory that all map shared costs to read",
           ("pass", "workers"), title=("Time per page in the first pass over memory that", " workers map shared"),
           panels=(("first pass, 4 KiB", kernel_is("mapping-first"), None),
                   ("first pass, populated in one call", kernel_is("mapping-first-populate"), None),
                   ("first pass, transparent huge", kernel_is("mapping-first-thp"), None),
                   ("later passes, 4 KiB", kernel_is("mapping-later"), None),
                   ("random reads, 4 KiB", kernel_is("mapping-random"), None),
                   ("random reads, transparent huge", kernel_is("mapping-random-thp"), None),
                   ("random reads, hugetlbfs", kernel_is("mapping-random-hugetlb"), None))),
    Figure("tables", "mapping", "*", "workers", of("tables_kib"), words.count, words.kib, "What page tables memory that all map shared takes",
           ("pages", "workers"), title=("Page tables of", " workers that map the same memory"),
           panels=(("pages of 4 KiB", kernel_is("mapping-first"), None), ("transparent huge pages", kernel_is("mapping-first-thp"), None),
                   ("pages of hugetlbfs", kernel_is("mapping-first-hugetlb"), None))),
    Figure("serve", "serve", "serve-*", "size", None, words.count, TIME, "What a server's requests take",
           ("what", "connections"), title=("Time per request with a worker per connection,", " connections"),
           panels=(("time per request, a worker each", kernel_is("serve-each"), of("request_ns")),
                   ("time per request, a pool", kernel_is("serve-pool"), of("request_ns")),
                   ("median latency, a worker each", kernel_is("serve-each"), of("p50_ns")),
                   ("median latency, a pool", kernel_is("serve-pool"), of("p50_ns")),
                   ("99th percentile, a worker each", kernel_is("serve-each"), of("p99_ns")),
                   ("99th percentile, a pool", kernel_is("serve-pool"), of("p99_ns")))),
    Figure("served", "serve", "serve-*", "size", kib_a_connection, words.count, words.kib, "What a server's connections occupy",
           ("workers", "connections"), title=("Memory per connection with a worker each, connections:", ""), drawn=False,
           panels=(("a worker each", kernel_is("serve-each"), None), ("a pool", kernel_is("serve-pool"), None))),
    Figure("connect", "serve", "connect-*", "workers", an_item("span_ns"), words.count, TIME, "What a new connection costs",
           ("it is answered by", "workers"), title=("A connection with one request,", " workers"), drawn=False,
           panels=(("a new thread", kernel_is("connect-thread"), None), ("a new forked process", kernel_is("connect-process"), None),
                   ("a worker that is there", kernel_is("connect-standing"), None))),
    Figure("switch", "switch", "switch-*", "size", an_item("span_ns", 2), SIZE, TIME, "Context switches",
           ("by", "working set"), title=("A context switch with a working set of", " takes"), tells_all="ways of switching", drawn=False,
           difference_first=True),
    Figure("latency", "channel", "latency-*", "size", an_item("span_ns"), SIZE, TIME, "Round trips",
           ("channel", "message"), title=("A round trip of", " takes"), tells_all="channels"),
    Figure("effort", "channel", "latency-*", "size", an_item("cpu_ns"), SIZE, TIME, "CPU time of round trips",
           ("channel", "message"), title=("A round trip of", " uses CPU time of"), tells_all="channels"),
    Figure("bandwidth", "channel", "bandwidth-*", "size", work_a_second, SIZE, words.rate, "Bandwidth of channels",
           ("channel", "message"), title=("With messages of", " a channel moves"), tells_all="channels", at_most=True),
    Figure("grain", "granularity", "*", "size", efficiency, TIME, words.share, "How small a task can be", ("tasks", "size of a task"),
           panels=((TASK, grain_kind("task"), None), (STREAM, grain_kind("spin"), None))),
)


# ---- METG(50 %), and from where a runner pays ----

def crossing(sizes, threshold):
    """From which size on the efficiency stays at the threshold, between two sizes by the logarithm; None: nothing was measured."""
    at, below = None, None
    for x, y in sizes:
        if y < threshold:
            below, at = (x, y), math.inf
        elif at is None or at == math.inf:
            at = 0.0 if below is None else math.exp(
                math.log(below[0]) + (threshold - below[1]) / (y - below[1]) * (math.log(x) - math.log(below[0])))
    return at


def grains(s, suite="granularity"):
    for panel, kernel in ((TASK, "task"), (STREAM, "spin")):
        series = collections.defaultdict(list)
        for c in s.cases:
            if c.suite == suite and grain_kind(kernel)(c):
                series[c.series, c.workers, c.placement].append(c)
        for (name, workers, _), cases in series.items():
            found = {}
            for threshold in (0.5, 1 / workers):
                each = (crossing([(c.size, y) for c in cases if math.isfinite(y := efficiency(s, c, run))], threshold) for run in s.runs)
                found[threshold] = crossing_interval([min(at, BEYOND) for at in each if at is not None])
            if found[0.5].n:
                sizes = [c.size for c in cases if c.samples]
                yield Grain(panel, name, workers, min(sizes), max(sizes), found[0.5], found[1 / workers])


def bound(g, at):
    return "at most " + TIME(g.least) if at < g.least else "more than " + TIME(g.most) if at > g.most else TIME(at)


def bounds(g, e):
    return words.estimate_in(lambda at: bound(g, at), e) if not math.isnan(e.low) else bound(g, e.value)


def grain_title(s):
    found = list(grains(s))
    if not found:
        return ""
    first = ", ".join(f"{g.series} {bound(g, g.half.value)}" for g in found if g.panel == found[0].panel)
    return "Smallest task at 50 % efficiency (METG): " + first


def grain_sentences(s):
    panel = None
    for g in grains(s):
        if g.panel != panel:
            panel = g.panel
            yield f"Of {panel}, {g.workers} workers and one core alone:"
        if g.pays.value > g.most:
            pays = f"nowhere up to tasks of {TIME(g.most)}"
        elif g.pays.value < g.least:
            pays = f"from the smallest task measured on, {TIME(g.least)}"
        else:
            pays = f"from tasks of {bounds(g, g.pays)} on"
        yield f"- {words.escaped(g.series)} pays {pays}; METG(50 %) is {bounds(g, g.half)} ({g.half.n} invocations)."
