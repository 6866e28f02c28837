"""Which lines each section of RESULTS.md has to have. A new section becomes a function here and a line of SECTIONS: it is given the samples
and env.json and yields, in order, each line that holds a figure or opens a table; prose without a digit need not be repeated."""
import math
import os
import re
import shlex

from . import scale, words
from .curves import FIGURES
from .samples import NOTHING, over
from .published import published
from .sentences import findings, more_figures
from .verdicts import answer, measured_claims, verdicts
from .words import row

SCALING = ("scaling", "waiting")


def title(s, env):
    m = env["machine"]
    yield f"Measured on: {words.escaped(m['cpu'])}, {m['cores']} cores, {m['pus']} CPUs; {words.escaped(m['os'])}, " \
          f"Linux {words.escaped(m['kernel'])}."
    if len(s.runs) > 1 or any(c.failed for c in s.cases):
        yield f"**What to doubt first.** {words.escaped(doubted(s))}."


def is_wide(c):
    """An interval of the span of more than ±5 %."""
    return over((c.span.high - c.span.low) / 2, c.span.value) > 0.05


def doubted(s):
    failed = sum(c.failed > 0 for c in s.cases)
    end = f"; {failed} cases have samples that failed or were skipped" if failed else ""
    if len(s.runs) < 2:
        return "One invocation has no interval: how much the next one would differ is unknown" + end
    wide = {}
    for c in s.cases:
        of = wide.setdefault(c.suite, [])
        of.append(is_wide(c))
    suites = ", ".join(f"{suite} {sum(of)} of {len(of)}" for suite, of in wide.items() if any(of))
    return f"The interval of the span is wider than ±5 % in {sum(map(is_wide, s.cases))} of {len(s.cases)} cases{': ' if suites else ''}{suites}{end}"


def case_rows(s, suites):
    """One row stands for all runners of a kernel, size and worker count on one host."""
    rows = {}
    for c in s.of(*suites):
        if c.runner != "seq" and c.hosts == 1:
            rows.setdefault((c.kernel, c.size, c.python, c.workers), c)
    return rows.values()


def case_name(c):
    more = ", more workers than units" if c.oversubscribed else ""
    python = f", Python {words.escaped(words.python_name(c.python, {}))}" if c.python else ""
    return f"{words.escaped(c.kernel)} {c.size}{python}{more}", str(c.workers)


LAUNCHED = ("pthread", "fork", "spawn", "forkserver")


def measured(s, suites, runners):
    """Those of the runners that have cases there."""
    return [name for name in runners if any(c.runner == name for c in s.of(*suites))]


def speedups(*suites, runners, which="speedup", all_of_them=True):
    def section(s, env):
        shown = runners if all_of_them else measured(s, suites, runners)
        yield row("kernel, size", "workers", *shown)
        for c in case_rows(s, suites):
            found = (s.find(c, name, c.workers) for name in shown)
            yield row(*case_name(c), *(words.estimate(getattr(f, which) if f else NOTHING) for f in found))
    return section


def both_speedups(*suites, among):
    def section(s, env):
        runners = measured(s, suites, among)
        yield row("kernel, size", "workers", "job", *(cell for name in runners for cell in (name + " span", "wall")))
        for c in case_rows(s, suites):
            found = [s.find(c, name, c.workers) for name in runners]
            cells = [words.estimate(e) for f in found for e in ((f.speedup, f.wall_speedup) if f else (NOTHING, NOTHING))]
            seq = s.find(c, "seq", 1)
            yield row(*case_name(c), words.time_or_dash(seq.wall.value if seq else NOTHING.value), *cells)
    return section


def ratios(s, env):
    yield row("kernel, size", "workers", "fork/pthread span", "wall", "spawn/pthread span", "wall", "pools span", "wall")
    for c in case_rows(s, SCALING):
        cells = []
        for processes, threads in (("fork", "pthread"), ("spawn", "pthread"), ("fork-pool", "pthread-pool")):
            a, b = s.find(c, processes, c.workers), s.find(c, threads, c.workers)
            cells += [words.estimate(s.ratio(a, b, column) if a and b else NOTHING) for column in ("span_ns", "wall_ns")]
        yield row(*case_name(c), *cells)


def lives(s, env):
    workers = s.most_workers("scaling")
    yield f"Medians at {workers} workers: inside the launch call; from there to the worker's first instruction; from its last instruction to " \
          "its being reaped; memory that all workers together added (PSS)."
    yield row("kernel", "runner", "create", "start", "exit", "added memory, KiB")
    for c in s.of(*SCALING):
        if c.kernel in ("square", "triad") and c.runner != "seq" and c.workers == workers and c.samples:
            times = (words.time_or_dash(c.overall(column)) for column in ("create_ns", "start_ns", "exit_ns"))
            yield row(c.kernel, words.escaped(c.runner), *times, f"{c.overall('pss_kib'):.0f}")


def rates(s, env):
    workers = s.most_workers("scaling")
    yield row("kernel, size", "seq, span", "seq", f"pthread, {workers} workers", f"fork, {workers} workers")
    for c in s.of(*SCALING):
        if c.runner != "seq" or not c.samples:
            continue
        shown = [words.si(over(f.work, f.span.value) * 1e9) + words.escaped(f.work_unit) + "/s" if f and f.samples else "–"
                 for f in (c, s.find(c, "pthread", workers), s.find(c, "fork", workers))]
        yield row(f"{words.escaped(c.kernel)} {c.size}", words.time_or_dash(c.span.value), *shown)


def counts(s, env):
    workers = s.most_workers("scaling")

    def get(c, name):
        return c.overall(name)
    columns = (("instructions per cycle", lambda c: over(get(c, "instructions_user"), get(c, "cycles_user"))),
               ("cache misses per item", lambda c: over(get(c, "cache_misses_user"), c.items)),
               ("dTLB misses per item", lambda c: over(get(c, "dtlb_misses_user"), c.items)),
               ("cycles in the kernel, %", lambda c: over(100 * get(c, "cycles_kernel"), get(c, "cycles_user") + get(c, "cycles_kernel"))))
    yield f"Medians at {workers} workers, of one untimed job per invocation; all but the last pair in user mode. An item stands for all of its phases."
    yield row("kernel, size", *(cell for name, _ in columns for cell in (f"{name}: pthread", "fork")))
    for c in s.of("scaling"):
        pair = [s.find(c, runner, workers) for runner in ("pthread", "fork")]
        counted = [f if f and f.samples and math.isfinite(get(f, "cycles_user")) else None for f in pair]
        opens = c.workers == workers and (c.runner == "pthread" or (c.runner == "fork" and not pair[0]))
        if opens and any(counted):
            cells = [f"{v:.3g}" if f and math.isfinite(v := value(f)) else "–" for _, value in columns for f in counted]
            yield row(f"{words.escaped(c.kernel)} {c.size}", *cells)


def crashes(s, env):
    crashed = [c for c in s.of("isolation") if math.isfinite(c.over_runs("recovery_ns").value)]
    apart = any(c.over_runs("redo_ns").n for c in crashed)
    yield next(line for line in NOT_MEASURED if line.startswith("Half-way") and ("*new worker*" in line) == apart)
    yield row("crash", "runner", "left", "lost", *(("new worker after", "done again in") if apart else ("recovered after",)))
    shown = set()
    for c in crashed:
        if (c.kernel, c.runner, c.workers) not in shown:
            shown.add((c.kernel, c.runner, c.workers))
            again = c.over_runs("redo_ns")
            yield row(words.escaped(c.kernel), c.runner, f"{c.over_runs('survivors').value:g} of {c.workers}",
                      f"{c.over_runs('lost').value:.0f} of {c.items}", words.milliseconds(c.over_runs("recovery_ns")),
                      *([words.milliseconds(again) if again.n else "–"] if apart else []))


def reproduction(s, env):
    command = " ".join(map(shlex.quote, env["command"]))
    if re.search("[0-9]", command):  # the page's lines without figures are not looked at
        yield command
    seed = f"; seed {words.escaped(str(env['seed']))}" if env.get("seed") else ""
    yield f"{s.sample_count} samples of {len(s.cases)} cases, from {len(s.runs)} process invocations{seed}. " + INTERVALS


def text_of(value):
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:.6g}" if isinstance(value, float) else \
        "" if value is None else str(value)


def machine(s, env):
    yield row("", "").replace("  ", " ")
    for label, path in MACHINE:
        value = env
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if text_of(value):
            yield row(label, words.escaped(text_of(value)))
    for f in env.get("doctor", []):
        if f["mend"]:
            shown = {k: v.replace("<", "&lt;").replace("[", "&#91;") for k, v in f.items()}
            yield "- **{name}** ({state}): {value}. Why it matters: {why}. Fix: {mend}.".format(**shown)


def doubts(s, env):
    if len(s.runs) < 2:
        yield "- All of it: one invocation does not show how much the next one would differ."
    else:
        yield "Cases (runner × workers) that failed, or whose interval of the span is wider than ±5 %:"
    lines, shown = {}, 0
    for c in s.cases:
        half = over((c.span.high - c.span.low) / 2, c.span.value)
        if not c.failed and not half > 0.05:
            continue
        shown += 1
        said = f"{words.escaped(c.runner)} × {c.workers}" + (f" on {c.hosts} hosts" if c.hosts > 1 else "")
        said += f" ({c.failed} samples *{words.escaped(c.status)}*)" if c.failed else ""
        said += f" (±{100 * half:.0f} %)" if half > 0.05 else ""
        lines.setdefault((c.suite, c.kernel, c.size), []).append(said)
    for (suite, kernel, size), said in lines.items():
        where = "" if suite in SCALING else f", suite {words.escaped(suite)}"
        yield f"- {words.escaped(kernel)} {size}{where}: {', '.join(said)}"
    yield f"{shown} of {len(s.cases)} cases."


INTERVALS = "Intervals cover the median over the invocations with 95 %: of three to five by Student's t on the logarithms, of six to eight by the " \
            "averages of all pairs (Walsh), of nine or more by order statistics; fewer have no interval. Samples within one invocation are not " \
            "counted as independent. Every figure here can be recomputed from [`samples.csv`](docs/example/samples.csv) with `pvt report`."
MACHINE = (("processor", "machine.cpu"), ("cores", "machine.cores"), ("CPUs allowed", "machine.pus"), ("NUMA nodes", "machine.numa_nodes"),
           ("virtual machine", "machine.virtual"), ("CPU quota", "machine.cpu_quota"), ("system", "machine.os"), ("kernel", "machine.kernel"),
           ("libc", "pvt.libc"), ("compiler", "pvt.compiler"), ("flags", "pvt.flags"), ("pvt", "pvt.version"), ("commit", "pvt.commit"),
           ("frequency governor", "noise.governor"), ("transparent huge pages", "noise.transparent_hugepages"),
           ("load before the run", "noise.load_average"), ("one reading of the clock, ns", "overhead.clock_ns"),
           ("timing loop, ns a job", "overhead.loop_ns"), ("timing loop, ns per batch of jobs", "overhead.batch_ns"),
           ("a cell opens in, ns", "cell.open_ns"), ("a cell, KiB resident", "cell.rss_kib"), ("a cell, mappings", "cell.mappings"), ("Python", "python.version"), ("Python holds a GIL", "python.gil"),
           ("started", "started"))
HALF_WAY = "Half-way through a job one worker crashes. *left*: workers that survived. *lost*: items that had to be done again. "
REPLACED = "A process is replaced by another one; threads die with their process, and another process starts the job again. A worker that hangs " \
    "is noticed after 100 to 150 ms"
# Lines with digits that nothing measured: what a suite is set up to do. All others have to be computed or be of env.json.
NOT_MEASURED = (
    "Time of processes over time of threads, median [interval]: above 1 threads are faster. *span* is the work itself, *wall* the job with "
    "launch and exit.",
    "A worker writes a byte to each 4 KiB of 16 MiB that its parent holds; the time per page. After a fork that write copies the page; a thread writes "
    "to it in place. *Fresh memory*: pages that nobody has written to. *The parent's own*: its first write to each while a child has them too. "
    "Median [interval].",
    "Proportional set size, page tables and kernel stacks that the workers added, per worker. The workers have touched 1 MiB each, 1 MiB in all, "
    "or nothing. Median [interval].",
    HALF_WAY + "*recovered after*: from the crash to the end of the item that it hit, done by a new worker, median [interval]; measured by an "
    f"older version, which did not time the two apart. {REPLACED}.",
    HALF_WAY + "*new worker*: from the crash to the first instruction of the worker that takes the place. *done again*: from there to the end of the "
    f"item that was hit, so everything lost that had been done before is included. Medians [intervals]. {REPLACED}, which *new worker* does not contain.",
    "The same figure from this run. *factor*: ours over the nearer end of what is published; 1.00: within it.",
    "1 KiB there and back over 127.0.0.1. *Time per request*: one is under way on each connection. *Latency*: at 10,000 requests per second, whose gaps "
    "are exponential, from when a request was due. Median [interval].",
    "The caller computes for the pause, then submits a job without work: the time until all workers have answered. Median [interval].",
    "Share of a CPU that a worker takes from one job to the next: 100 % where it waits by looking, near 0 where it sleeps. Median [interval].",
    "The client connects, sends 1 KiB, reads the answer and closes, one connection after the other. The columns say what the server is that accepts. "
    "Median [interval].",
    "LogGP (Alexandrov et al., SPAA 1995), fitted to these messages. It knows no other traffic, no topology and no memory that gets too small: "
    "a guess with a reason, not a measurement.",
)
# Claims that are not in the list have no mechanism; the text is general knowledge and measured by nobody.
MECHANISM = re.compile(r'MECHANISM\("([a-z-]+)",((?:\s*"[^"]*")+),((?:\s*"[^"]*")+)\)')


def mechanisms(s, env):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "../../../bench/claims/mechanisms.def"), encoding="utf-8") as file:
        texts = {claim: ["".join(re.findall('"([^"]*)"', part)) for part in parts] for claim, *parts in MECHANISM.findall(file.read())}
    for claim in measured_claims(s, env):
        if claim in texts:
            yield f"- **{claim}**: {words.escaped(texts[claim][0])} *See {words.escaped(texts[claim][1])}.*"


# What a section's heading says -> what it has to hold.
SECTIONS = {
    "# Processes or threads? What this machine says": title,
    "## The answer": answer,
    "## The verdicts": verdicts,
    "## What was found": findings,
    "## Mechanisms": mechanisms,
    "# The tables behind the results": lambda s, env: (),
    "## More figures": more_figures,
    "## Speedup over one core": both_speedups(*SCALING, among=(*LAUNCHED, "pthread-pool", "fork-pool")),
    "## Processes over threads": ratios,
    "## Launch and exit of workers": lives,
    "## Throughput of the kernels": rates,
    "## Hardware counters": counts,
    "## Pools: whole jobs over one core": speedups("pool", runners=("pthread-pool", "pthread-steal", "fork-pool", "fork-steal"),
                                                   which="wall_speedup"),
    **{"## " + f.heading: lambda s, env, f=f: f.section(s) for f in FIGURES},
    "## Python threads and processes": speedups("python", runners=LAUNCHED, all_of_them=False),
    "## Operations under contention": speedups("contention", runners=("pthread", "fork")),
    "## Crashes": crashes,
    "## What others have published": published,
    "## Beyond one machine": scale.of("beyond"),
    "### What was measured on hosts": scale.of("measured"),
    "## What the model predicts": scale.of("model"),
    "## How to reproduce it": reproduction,
    "## The machine": machine,
    "## What to doubt": doubts,
}
