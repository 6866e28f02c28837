"""The sentences of "What was found", each computed anew. A new sentence of the page becomes a function here and a line of SENTENCES."""
import math

from . import overview, words
from .curves import FIGURES, operation, shown
from .scale import Beyond
from .samples import differs, median, quantile
from .rules import divided


def in_brackets(e, shown):
    if e.n < 2:
        return "one invocation, so no interval"
    return "interval " + shown if e.coverage >= 0.95 else f"{e.n} invocations, too few for an interval"


def longer(e, processes, threads):
    """"4.1 % longer in processes than in threads (interval +3.2 to +5.0 %)" and its kin."""
    percent, low, high = (100 * (v - 1) for v in (e.value, e.low, e.high))
    proof = "" if differs(e) else "no difference was shown: "
    percents = in_brackets(e, f"{low:+.1f} to {high:+.1f} %")
    if proof and e.coverage >= 0.95 and low > -5 and high < 5:
        return f"as long in {processes} as in {threads} ({percent:+.1f} %, {percents})"
    if e.value >= 2:
        return f"{e.value:.1f} times as long in {processes} as in {threads} ({proof}{in_brackets(e, f'{e.low:.1f} to {e.high:.1f}')})"
    return f"{abs(percent):.1f} % {'longer' if e.value > 1 else 'less'} in {processes} than in {threads} ({proof}{percents})"


def ratio(s):
    workers = s.most_workers("scaling")
    e, kernels = s.across("scaling", "fork", "pthread", workers, "span_ns")
    words_ = longer(e, "forked processes", "threads")
    return f"The work itself takes {words_}; {words.counted(kernels, 'kernel')}, {words.counted(workers, 'worker')}" if e.n else ""


def whole_job(s):
    workers = s.most_workers("scaling")
    e, _ = s.across("scaling", "fork", "pthread", workers, "wall_ns")
    return f"With launch and exit, a job of this size takes {longer(e, 'forked processes', 'threads')}" if e.n else ""


def launching(s, names=True):
    """Whole jobs that are slower in forked processes than on one core; over the figure, how many."""
    workers = s.most_workers("scaling")
    cases = [c for c in s.of("scaling") if c.runner == "fork" and c.workers == workers and math.isfinite(c.wall_speedup.value)]
    if workers < 2 or not cases:
        return ""
    lost = [c for c in cases if differs(c.wall_speedup) and c.wall_speedup.value < 1]
    named = ", ".join(f"{c.kernel} ({words.time(s.find(c, 'seq', 1).wall.value)} on one core, {words.estimate(c.wall_speedup)} times as fast)" for c in lost)
    return f"With launch and exit, {workers} forked processes are slower than one core in {len(lost)} of {words.counted(len(cases), 'kernel')}" + \
        (f": {named}" if named and names else "")


def creation(s):
    workers, costs = s.most_workers("scaling"), []
    for runner in ("pthread", "fork", "spawn", "forkserver", "pthread-pool", "fork-pool"):
        x = [c.wall.value - c.span.value for c in s.of("scaling") if c.runner == runner and c.workers == workers and c.samples]
        if x:
            costs.append(f"{runner} {words.time(median(x))}")
    return f"Overhead per job, wall − span: {', '.join(costs)} ({words.counted(workers, 'worker')}, median over the kernels)" if costs else ""


def speedup(s):
    workers = s.most_workers("scaling")
    cases = [c for c in s.of("scaling") if c.runner == "pthread" and c.workers == workers and math.isfinite(c.speedup.value)]
    if not cases or workers < 2:
        return ""
    worst, best = min(cases, key=lambda c: c.speedup.value), max(cases, key=lambda c: c.speedup.value)
    end = "" if best is worst else f" to {best.speedup.value:.2f} times ({best.kernel})"
    return f"{workers} threads do the work {worst.speedup.value:.2f} times ({worst.kernel}){end} as fast as one core"


def speedup_title(s):
    text = speedup(s)
    slower = launching(s, False)
    return f"{text}; w{slower[1:]}" if text and slower else text


def pools(s):
    e, kernels = s.across("scaling", "fork-pool", "pthread-pool", s.most_workers("scaling"), "wall_ns")
    return f"In pools a whole job takes {longer(e, 'processes', 'threads')}; {words.counted(kernels, 'kernel')}" if e.n else ""


def stealing(s):
    workers = s.most_workers("pool")
    kinds, _ = s.across("pool", "fork-steal", "pthread-steal", workers, "wall_ns")
    dealt, kernels = s.across("pool", "fork-steal", "fork-pool", workers, "wall_ns")
    if not kinds.n or not dealt.n:
        return ""
    second = longer(dealt, "processes that steal items", "processes with a schedule")
    return f"In the pool library a whole job takes {longer(kinds, 'processes', 'threads')}; {second}; {words.counted(kernels, 'kernel')}"


def waiting(s):
    threads = [c for c in s.of("waiting") if c.runner == "pthread" and c.samples]
    most = max((c for c in threads if c.oversubscribed), key=lambda c: c.workers, default=None)
    few = max((c for c in threads if not c.oversubscribed), key=lambda c: c.workers, default=None)
    if not most or not few:
        return ""
    most_forks, few_forks = s.find(most, "fork", most.workers), s.find(few, "fork", few.workers)
    if not most_forks or not few_forks:
        return ""
    a, b = s.ratio(few, most, "wall_ns"), s.ratio(few_forks, most_forks, "wall_ns")
    shown = [in_brackets(e, f"{e.low:.2f} to {e.high:.2f}") for e in (a, b)]
    return f"Work that waits runs {a.value:.2f} times as fast with {most.workers} threads as with {few.workers} ({shown[0]}), " \
           f"and {b.value:.2f} times as fast with processes ({shown[1]})"


def contention(s):
    workers, best, compared = s.most_workers("contention"), None, []
    for c in s.cases:
        forked = s.counterpart(c, "contention", "pthread", "fork", workers)
        if not forked:
            continue
        e = divided(s, c, forked, operation)
        compared.append((c.kernel, e))
        if e.n and e.value > (best[0] if best else 0):
            best = e.value, c.kernel
    if not best or workers < 2:
        return ""
    return f"{workers} processes do up to {best[0]:.1f} times as many operations per second as threads ({best[1]}); {shown(compared, 'operations')}"


def span_of(values, spell):
    low, high = spell(min(values)), spell(max(values))
    return low if low == high else f"{low} to {high}"


def recovery(s):
    sides = {"forked processes": [], "threads": []}
    for fork in s.of("isolation"):
        threads = s.find(fork, "pthread", fork.workers) if fork.runner == "fork" else None
        if threads and all(math.isfinite(c.over_runs("recovery_ns").value) for c in (fork, threads)):
            sides["forked processes"].append(fork)
            sides["threads"].append(threads)
    kinds = len(sides["threads"])
    left, told = [], []
    for who, cases in sides.items() if kinds else ():
        way = "have a new worker after" if cases[-1].over_runs("redo_ns").n else "recover after"
        left.append(f"{span_of([c.over_runs('survivors').value for c in cases], '{:g}'.format)} of {cases[-1].workers} {who}")
        told.append(f"{who.split()[-1]} lose {span_of([c.over_runs('lost').value for c in cases], '{:.0f}'.format)} of {cases[-1].items} items and {way} "
                    f"{span_of([c.over_runs('recovery_ns').value / 1e6 for c in cases], '{:.3g}'.format)} ms")
    return f"When a worker crashes, {' and '.join(left)} are left ({words.counted(kinds, 'kind')} of crash); {', '.join(told)}" if told else ""


def most_threads(s, python, kernel):
    own = [c for c in s.of("python") if (c.python, c.kernel, c.runner) == (python, kernel, "pthread") and c.samples and not c.oversubscribed and
           math.isfinite(c.speedup.value)]
    return max(own, key=lambda c: c.workers, default=None)


def of_one_python(s, env, python):
    """Its most threads, those of C code, and the processes beside both."""
    loop, hashes = most_threads(s, python, "python-loop"), most_threads(s, python, "python-hash")
    return loop, s.find(loop, "fork", loop.workers) if loop else None, hashes, s.find(hashes, "fork", hashes.workers) if hashes else None


def python(s, env):
    said, first = "", None
    for name in s.pythons():
        loop, fork, hashes, hash_fork = of_one_python(s, env, name)
        if not loop or loop.workers < 2 or fork and not math.isfinite(fork.speedup.value):
            continue
        def gain(c):
            e = c.speedup
            return f"{e.value:.2f} times" + (f" ({e.low:.2f} to {e.high:.2f})" if e.n > 2 else "")
        shown = words.python_name(name, env)
        if said and loop.workers == first:
            said += f"; Python {shown}: threads {loop.speedup.value:.2f} times" + (f", processes {fork.speedup.value:.2f} times" if fork else "")
        elif not said and fork:
            first = loop.workers
            said = f"In Python{' ' + shown if shown else ''}, {first} threads run bytecode {gain(loop)} as fast as one, {first} processes {gain(fork)}"
            if hash_fork and hashes.workers == first and math.isfinite(hash_fork.speedup.value):
                said += f"; C code that releases the GIL: threads {gain(hashes)}, processes {gain(hash_fork)}"
    return said


def spread(s):
    several = [c for c in s.cases if c.samples >= 2]
    tight = 0
    for c in several:
        x, middle = c.values("wall_ns"), c.overall("wall_ns")
        low, high = (quantile(x, q) / middle for q in (0.25, 0.75))
        tight += high - low <= 0.1
    return f"In {tight} of {len(several)} cases the middle half of the samples lies within 10 %; " \
           f"{sum(c.noisy for c in s.cases)} of {sum(c.samples for c in s.cases)} samples are flagged noisy"


def spread_of_scaling(s):
    """The figure shows that suite; the sentence is about all."""
    return spread(s) if any(c.samples and c.runner != "seq" for c in s.of("scaling")) else ""


# In the order of the page; then come those of the curves.
SENTENCES = (ratio, whole_job, launching, creation, speedup, pools, stealing, waiting, contention, recovery, python, spread)
# Figures, in the order of the page: name, the sentence over it.
PICTURES = (("overview", overview.title), ("speedup", speedup_title), ("contention", contention), ("recovery", recovery), ("python", python), ("ratio", ratio), ("creation", creation),
            ("waiting", waiting), ("pool", stealing), ("spread", spread_of_scaling))
# Those that stand in RESULTS.md; the others are in TABLES.md.
FIRST = {"overview", "speedup", "contention", "recovery", "python", "switch", "channels", "lifecycle", "memory", "grain", "scale"}


# What stands over a figure of a suite that there is nothing to say of, as no invocation has measured all of it.
PLAIN = {"waiting": "Work that waits", "pool": "Whole jobs in pools", "contention": "Time per operation",
         "python": "Python threads and processes"}


def over(name, sentence, s):
    """What stands over a figure; nothing where it has nothing to draw, be there a sentence or not."""
    if name not in PLAIN:
        return sentence
    if name in ("contention", "pool"):
        drawn = any(figure == name for figure, _, _ in overview.contrasts(s))
    else:
        drawn = any(math.isfinite(c.speedup.value) and c.runner != "seq" for c in s.of(name))
    return (sentence or PLAIN[name]) if drawn else ""


def told(sentence, s, env):
    return sentence(s, env) if sentence is python else sentence(s)


def pictures(s, env):
    """All figures in the order of the pages: name and title."""
    far = Beyond(s, env)
    of_curves = {f.name: f.sentence(s) for f in FIGURES}
    over_curves = [("switch", of_curves["switch"] if any(figure == "switch" for figure, _, _ in overview.contrasts(s)) else ""),
                   ("channels", of_curves["latency"])]
    beyond = [("scale", far.strong()), ("weak", far.weak()), ("messages", far.messages())]
    return [(name, over(name, told(f, s, env), s)) for name, f in PICTURES] + over_curves + [(f.name, of_curves[f.name]) for f in FIGURES if f.drawn] + beyond


def images(s, env, first):
    for name, sentence in pictures(s, env):
        if sentence and (name in FIRST) == first:
            yield f"![{words.escaped(sentence)}](docs/example/plots/{name}.png)"


def findings(s, env):
    far = Beyond(s, env)
    for sentence in [told(f, s, env) for f in SENTENCES] + [f.sentence(s) for f in FIGURES] + [far.strong(), far.weak(), far.messages()]:
        if sentence:
            yield f"- {words.escaped(sentence)}."
    yield from images(s, env, True)


def more_figures(s, env):
    return images(s, env, False)
