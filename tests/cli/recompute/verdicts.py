"""The sections "The answer" and "The verdicts", each claim judged anew after docs/method.md: from the samples to verdict, figures and reason."""
from . import bystander, idle, mapping, processes, reach, serve, words
from .crash import isolation, times_of_crash
from .curves import has_window, operation
from .launch import creation, fork_server, pool
from .python import free_threads, gil
from .rules import DEPENDS, FAILS, HOLDS, SAME, UNKNOWN, UNMEASURED, ratios
from .sharing import communication, locks, memory, mutexes, sharing, switching
from .waiting import waiting
from .work import computing_power, contended, scaling_further


def stamps(s, judge, measured):
    """The columns that a claim's figures come from."""
    fixed = {computing_power: ["span_ns"], fork_server: ["start_ns", "work_ns"], creation: ["wall_ns"],
             waiting: ["wall_ns"], switching: ["span_ns"], sharing: ["span_ns"],
             communication: ["span_ns"], bystander.bystander: ["span_ns"], idle.idle: ["wall_ns"], gil: ["span_ns"], free_threads: ["span_ns"],
             memory: ["pss_kib", "tables_kib", "stacks_kib"]}
    if not measured:
        return []
    if judge is scaling_further:
        return list(dict.fromkeys("operation_ns" if all(map(has_window, pair)) else "span_ns" for pair in contended(s)))
    if judge is locks:
        return list(dict.fromkeys("operation_ns" if all(map(has_window, pair)) else "span_ns" for pair in mutexes(s) if ratios(s, *pair, operation)))
    if judge is pool:
        opened = any(c.by_run("open_ns") for c in s.of("granularity") if c.runner.endswith("-pool"))
        return ["wall_ns", "open_ns"] if opened else ["wall_ns"]
    if judge is processes.fork_safety:
        return ["tried", "hung"]
    if judge is processes.fork_stall:
        return ["gap_ns"] + (["span_ns"] if any(c.kernel == "copy-parent" and c.pages == "small" and c.samples for c in s.of("lifecycle")) else [])
    if judge is isolation:
        return ["survivors"] + times_of_crash(s)[1]
    if judge is serve.serve:
        return serve.stamps(s)
    if judge is mapping.mapping:
        return mapping.stamps(measured)
    if judge is reach.machines:
        return ["span_ns"] if "which take" in measured else []
    return fixed[judge]


EITHER = "no reason to prefer either"
# id, claim, command, judge, and what follows where it holds, does not hold, depends, makes no difference
CLAIMS = (
    ("computing-power", "Processes give more computing power than threads", "scaling", computing_power, (
        "**Work that computes**: take processes, they do more of it",
        "**Work that computes**: speed is no reason to take processes",
        "**Work that computes**: measure yours, for some of it runs faster in processes",
        f"**Work that computes**: {EITHER}")),
    ("scaling-further", "Processes scale further than threads on one machine", "contention", scaling_further, (
        "**Work that keeps calling the kernel**: take processes",
        "**Work that keeps calling the kernel**: what it shares there is no reason to take processes",
        "**Work full of the system calls that the verdict names**: take processes, which share less of the kernel",
        f"**Work that keeps calling the kernel**: {EITHER}")),
    ("bystander", "One worker's mmap, munmap and mprotect slow down other threads, but not other processes", "bystander", bystander.bystander, (
        "**Work next to workers that keep changing their memory**: take processes",
        "**Work next to workers that keep changing their memory**: no reason to take processes",
        "**Work next to workers that keep changing their memory**: take processes for what the verdict names",
        f"**Work next to workers that keep changing their memory**: {EITHER}")),
    ("machines", "Processes can use several machines, threads only one", "scale --hosts a,b", reach.machines, (
        "**Work for more than one machine**: take processes that send messages",
        "**Work for more than one machine**: it is no faster there, stay on one",
        "**Work for more than one machine**: take processes that send messages for the work that the verdict names",
        "**Work for more than one machine**: it is no faster there, stay on one")),
    ("creation", "Creating a process costs more than creating a thread", "lifecycle", creation, (
        "**A worker for each short task**: take threads; and do not fork with much memory in the parent",
        "**A worker for each short task**: a process is started as fast as a thread", "",
        f"**A worker for each short task**: {EITHER}")),
    ("fork-server", "A fork server gives a program its workers sooner than a fork", "first-work", fork_server, (
        "**Processes for a large program**: fork them from a small server",
        "**Processes for a large program**: a server that forks them gains nothing",
        "**Processes for a large program**: fork them from a small server where the verdict says so, else fork",
        "**Processes for a large program**: fork or a fork server, no reason to prefer either")),
    ("fork-stall", "A fork of a large program holds up all of its threads, not only the one that forks", "stall", processes.fork_stall, (
        "**A large program that must not stop**: do not fork it, use posix_spawn or a fork server",
        "**A large program that must not stop**: a fork holds up no other thread", "",
        "**A large program that must not stop**: a fork holds up no other thread")),
    ("fork-safety", "A forked worker of a program with threads may hang", "fork-safety", processes.fork_safety, (
        "**A program with threads**: do not fork workers that never exec",
        "**A program with threads**: its forked workers found nothing locked",
        "**A program with threads**: a forked worker may touch only what the verdict does not name; a fork server or posix_spawn is safe")),
    ("pool", "A pool saves the cost of creation", "granularity", pool, (
        "**Short tasks**: keep the workers in a pool, of either kind",
        "**Short tasks**: a pool gains nothing over starting workers anew",
        "**Short tasks**: a pool pays for the kind of worker that the verdict names")),
    ("idle-pool", "After a pause a pool of processes starts its next job later than a pool of threads", "idle", idle.idle, (
        "**A pool that is often idle**: take threads, they start sooner",
        "**A pool that is often idle**: processes start as soon as threads",
        "**A pool that is often idle**: take threads for the pauses that the verdict names",
        f"**A pool that is often idle**: {EITHER}")),
    ("switching", "Switching between processes costs more than between threads", "switch", switching, (
        "**Workers that switch often**: threads switch faster; the verdict says by how much",
        "**Workers that switch often**: no reason to take threads",
        "**Workers that switch often**: threads switch faster by the mechanisms that the verdict names",
        f"**Workers that switch often**: {EITHER}")),
    ("sharing", "Threads share memory, processes do not", "lifecycle,channel", sharing, (
        "**Shared data**: take threads", "**Shared data**: processes share it as threads do",
        "**Shared data**: threads share it as it is, processes what was mapped shared beforehand")),
    ("communication", "Communication between processes costs more than shared variables between threads", "channel", communication, (
        "**Workers that communicate a lot**: take threads",
        "**Workers that communicate a lot**: a pipe between processes costs no more than a variable between threads",
        "**Workers that communicate a lot**: choose the channel, not the kind of worker")),
    ("locks", "A lock costs processes more than threads", "contention", locks, (
        "**Locks**: take threads", "**Locks**: no reason to take threads", "**Locks**: they cost processes more in some situations",
        f"**Locks**: {EITHER}")),
    ("memory", "A process occupies more memory than a thread", "memory", memory, (
        "**Thousands of workers**: take threads, they are smaller", "**Thousands of workers**: no reason to take threads", "",
        f"**Thousands of workers**: {EITHER}")),
    ("mapping", "Memory that many processes map shared costs them more than it costs threads", "mapping", mapping.mapping, (
        "**Much shared memory**: take threads, or map it in huge pages", "**Much shared memory**: no reason to take threads",
        "**Much shared memory**: processes pay for what the verdict names; huge pages make it small", f"**Much shared memory**: {EITHER}")),
    ("serve", "A server pays more for a process per connection than for a thread per connection", "serve", serve.serve, (
        "**Servers**: take threads, or a pool of either kind", "**Servers**: a process per connection costs no more than a thread",
        "**Servers**: a process per connection costs more in what the verdict names; a pool avoids that", f"**Servers**: {EITHER}")),
    ("gil", "In Python the GIL keeps threads from computing in parallel, and processes avoid it", "python", gil, (
        "**Python**: compute in processes", "**Python**: this one computes in threads as it does in processes",
        "**Python**: compute in processes, or in threads where the verdict says that they do as well")),
    ("free-threads", "Without a GIL Python's threads always compute in parallel, and a single thread costs no more", "python", free_threads, (
        "**Python without a GIL**: compute in threads", "**Python without a GIL**: compute in processes all the same",
        "**Python without a GIL**: compute in threads on objects of their own, at the price that the verdict names")),
    ("waiting", "Tasks that wait gain from more workers than cores, in threads and in processes", "waiting", waiting, (
        "**Work that waits**: take more workers than cores, of either kind", "**Work that waits**: more workers than cores gain nothing",
        "**Work that waits**: take more workers than cores, of the kind that the verdict names")),
    ("isolation", "A process that crashes leaves the others alive, a thread that crashes does not", "isolation", isolation, (
        "**A crash that must be survived**: take processes", "**A crash that must be survived**: processes alone do not ensure that",
        "**A crash that must be survived**: take processes, but for the crashes that the verdict names")),
)


def answer(s, env):
    for _, _, _, judge, consequences in CLAIMS:
        follows = dict(zip((HOLDS, FAILS, DEPENDS, SAME), consequences)).get(judge(s, env)[0])
        if follows:
            yield f"- {follows}."


def sentence(text):
    return words.escaped(text[:1].upper() + text[1:]) + "." if text else ""


COUNTED = ((HOLDS, "holds", "hold"), (FAILS, "does not", "do not"), (DEPENDS, "depends", "depend"),
           (SAME, "shows no difference that matters", "show no difference that matters"), (UNKNOWN, "is inconclusive", "are inconclusive"),
           (UNMEASURED, "was not measured", "were not measured"))


def measured_claims(s, env):
    return [claim for claim, _, _, judge, _ in CLAIMS if judge(s, env)[0] != UNMEASURED]


def verdicts(s, env):
    judged = [judge(s, env) for _, _, _, judge, _ in CLAIMS]
    counts = [(sum(j[0] == v for j in judged), one, many) for v, one, many in COUNTED]
    yield f"Of {len(CLAIMS)} claims that are taught about processes and threads, " + \
        ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n) + \
        ". Each verdict follows from the samples by rule; brackets are 95 % intervals over the invocations. A difference that matters is one of more than " \
        "5 %. *Depends* and *cannot tell* say on what. " \
        "*From* names the columns of [`samples.csv`](docs/example/samples.csv) that the figures come from."
    missing = [(claim, reason) for (claim, *_), (verdict, _, reason) in zip(CLAIMS, judged) if verdict == UNMEASURED]
    if len(missing) < len(CLAIMS):
        yield words.row("what is claimed", "verdict", "what was measured", "from", "by")
    for (_, claim, suites, judge, _), (verdict, measured, reason) in zip(CLAIMS, judged):
        if verdict == UNMEASURED:
            continue
        because = "It depends " + words.escaped(reason) + "." if verdict == DEPENDS else sentence(reason)
        yield words.row(claim, f"**{verdict}**", " ".join(filter(None, (sentence(measured), because))),
                        ", ".join(f"`{name}`" for name in stamps(s, judge, measured)) or "–", f"`pvt run --suite {suites}`" if suites else "–")
    if missing:
        yield "- Not measured in this run: " + ", ".join(claim + (f" ({reason})" if reason else "") for claim, reason in missing) + \
            ("; `pvt run` of all suites, with its default budget, measures what needs nothing else" if not all(reason for _, reason in missing) else "") + "."
