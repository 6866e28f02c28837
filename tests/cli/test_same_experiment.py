#!/usr/bin/env python3
"""Threads and processes are the same experiment: between its two readings of the processor's clock, which bracket what is
timed, a worker of either kind makes the same system calls, with the same arguments, as often, on one object of all workers
or on one of its own. Each rate kernel has an expectation here: a new one without any is red. That workers who meet in memory
alone are at the same memory is proved in each run by the kernels' verify(), and that by test_kernels.
Arguments: the program, a scratch folder, and, for some kernels only, their names. Exit 77 where strace cannot be had, or only one processor."""
import collections
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
chosen = sys.argv[3:]
ITEMS, FAULTS, PATIENCE_S = 16, 300, 60
RUNNERS = ("pthread,fork", "openmp")  # what is compared with each other, and what with the expectations alone

# What the objects of the two workers' calls are to each other.
ONE_OF_ALL, OWN, NONE = "one of all", "each its own", "none"
CROSSED = "what one sends into the other receives from, and what the other sends into is another"

# How often an item makes each call; any other call is a failure, unless it is one of `some`, which are made any number of
# times: who sleeps or is woken, and how often, is a matter of who came first. `once`: a worker does one item, so nothing is
# repeated, and there are no readings of the clock around it.
Expected = collections.namedtuple("Expected", "calls objects some faults once", defaults=({}, NONE, (), False, False))
SLEEPS = ("futex",)
# Where the C library keeps a heap (brk in a process, a mapping for each further thread), and how it grows, is its own
# affair: the set-up may be seen, but less than a call an item. Its lock is threads' alone: a process has a heap of its own.
HEAP = ("brk", "mmap", "munmap", "mprotect", "madvise", "futex_private")
# How the C library starts a program differs between its versions; threads and processes have the same version.
SPAWNS = ("mmap", "munmap", "rt_sigprocmask", "clone", "clone3", "vfork")

EXPECTED = {
    "empty": Expected(once=True), "after-pause": Expected(once=True), "beside": Expected(once=True), "task": Expected(once=True),
    "touch-private": Expected(once=True), "touch-shared": Expected(once=True),
    "copy": Expected(), "copy-parent": Expected(), "fresh": Expected(some=("madvise",), faults=True), "atomic": Expected(), "false-sharing": Expected(), "own-line": Expected(),
    "getppid": Expected({"getppid": 1}),
    "signal": Expected({"tgkill": 1, "rt_sigtimedwait": 1}, OWN, ("getpid", "gettid")),
    "futex-wake": Expected({"futex FUTEX_WAKE": 1}, OWN),
    "fault": Expected(faults=True), "madvise": Expected({"madvise": 1}, faults=True),
    "node-local": Expected(), "node-remote": Expected(),
    "map-fault": Expected(some=("mmap", "madvise", "munmap"), faults=True),
    "mmap": Expected({"mmap": 1, "munmap": 1}, faults=True),
    "malloc-large": Expected({"mmap": 1, "munmap": 1}, some=("futex_private",), faults=True),
    "malloc-medium": Expected(some=HEAP), "malloc-small": Expected(some=HEAP),
    "open": Expected({"openat": 1, "close": 1}, OWN), "dup": Expected({"fcntl": 1, "close": 1}, OWN),
    **{work + beside: Expected() for work in ("compute", "fault") for beside in ("-spin", "-mmap", "-mprotect")},
    **{"mapping-" + what: Expected() for what in ("first", "first-thp", "first-hugetlb", "later", "later-thp", "random", "random-thp", "random-hugetlb")},
    "mapping-first-populate": Expected(some=("madvise",)),
    **{f"serve-{how}{touched}": Expected() for how in ("each", "pool") for touched in ("", "-1m")},
    **{"connect-" + how: Expected() for how in ("standing", "thread", "process")},
    "pipe": Expected({"write": 1, "read": 1}, ONE_OF_ALL), "exec": Expected({"wait4": 1}, some=SPAWNS),
}
# What the last worker does beside the others, any number of times, until they are done.
DISTURBS = {"spin": (), "mmap": ("mmap", "munmap"), "mprotect": ("mprotect",)}
# Who makes a process and waits for it, beside one that only looks at the clock; how the C library does it is its own affair.
MAKES = ("clone", "clone3", "vfork", "wait4", "rt_sigprocmask", "mmap", "munmap", "sched_yield", "set_robust_list", "futex_private")
for way in ("fork", "vfork", "spawn", "clone"):
    EXPECTED["stall-" + way] = Expected(some=MAKES)
for way in ("mutex", "localtime", "malloc", "stdio"):
    EXPECTED["hang-" + way] = Expected(once=True)
LOCKS = ("mutex", "rwlock", "semaphore")
for lock in LOCKS:
    EXPECTED[lock], EXPECTED[lock + "-private"] = Expected(some=SLEEPS), Expected(some=("futex_private",))

# transport: (calls that send a message, calls that receive one, some). What carries a message in memory is known to do so
# because the receiver has read it, or the checksum would be another one.
TOKENS = ({"write": 1, "read": 1}, {"read": 1, "write": 1}, ())
TRANSPORTS = {
    "pipe": ({"write": 1}, {"read": 1}, ()), "unix-stream": ({"write": 1}, {"read": 1}, ()),
    "unix-seqpacket": ({"write": 1}, {"read": 1}, ()), "tcp": ({"write": 1}, {"read": 1}, ()),
    "mqueue": ({"mq_timedsend": 1}, {"mq_timedreceive": 1}, ()), "vmsplice": ({"vmsplice": 1}, {"read": 1}, SLEEPS),
    "vm-readv": ({}, {"process_vm_readv": 1}, SLEEPS), "eventfd": TOKENS,
    "futex": ({"futex FUTEX_WAKE": 1}, {"futex FUTEX_WAKE": 1}, ("futex FUTEX_WAIT",)),
    "spin": ({}, {}, ()), "ring-spin": ({}, {}, ()), "ring-futex": ({}, {}, SLEEPS), "semaphore": ({}, {}, SLEEPS),
    "mutex": ({}, {}, SLEEPS), "mutex-private": ({}, {}, ("futex_private",)), "yield": ({}, {}, ("sched_yield",)),
}
SENDS, RECEIVES = {"write", "mq_timedsend", "vmsplice"}, {"read", "mq_timedreceive"}
# protocol: messages that worker 0 sends and receives, of n items; worker 1 has the counterpart.
PROTOCOLS = {"latency": lambda n: (n, n), "bandwidth": lambda n: (n, 1), "switch": lambda n: (n, n)}
MESSAGES = {"message-latency", "message-bandwidth", "all-reduce", "deal"}
BYSTANDERS = ("compute-", "fault-")
CLIENT = ("connect", "setsockopt", "epoll_create1", "epoll_ctl", "epoll_wait", "sendto", "recvfrom", "close", "brk", "mmap", "munmap", "mprotect", "sysinfo")
MAKES = (*SPAWNS, "rt_sigaction", "mprotect", "close", "wait4", "set_robust_list", "madvise", "futex", "futex_private")
MAY_BE_MISSING = re.compile("mqueue|seqpacket|vm-readv|exec|thp|hugetlb|node-")  # where the system has no such thing, or forbids it

failed = set()


def fail(text):
    """Once a kernel and kind of worker: all its jobs fail alike."""
    if text.split(":")[0] not in failed:
        print("FAILED:", text)
    failed.add(text.split(":")[0])


def calls_of(name, rank, n):
    """(calls and their number, those of any number, objects) that worker `rank` of a job of n items is to have."""
    if name.startswith("serve-"):
        return served(name, rank, n)
    if name.startswith("connect-"):
        return connected(name, rank, n)
    if name.startswith(BYSTANDERS):
        return {}, DISTURBS[name.split("-")[1]] if rank else ("madvise",), NONE
    if name in EXPECTED:
        e = EXPECTED[name]
        return {call: k * n for call, k in e.calls.items()}, e.some, e.objects
    protocol, transport = name.split("-", 1)
    send, receive, some = TRANSPORTS[transport]
    sent, received = PROTOCOLS[protocol](n) if rank == 0 else PROTOCOLS[protocol](n)[::-1]
    calls = collections.Counter({call: k * sent for call, k in send.items()})
    calls.update({call: k * received for call, k in receive.items()})
    return dict(calls), some, CROSSED if SENDS & set(calls) else NONE


def served(name, rank, n):
    """With one connection a server's worker answers it once, and then n times in each of two loops; the client's calls come as answers do."""
    if rank == 0:
        return {"socket": 1}, CLIENT, NONE
    own = {"epoll_create1": 1} if "pool" in name else {}
    some = ("epoll_ctl", "epoll_wait", "close") if "pool" in name else ("close",)
    return {"accept4": 1, "setsockopt": 3, "recvfrom": 2 * n + 2, "sendto": 2 * n + 1} | own, some, NONE


def connected(name, rank, n):
    """A connection per item; threads and processes that the server makes are what its kernel is about."""
    if rank == 0:
        return {"socket": n, "setsockopt": 3 * n, "sendto": n, "recvfrom": n, "close": n}, ("connect",), NONE
    if name == "connect-standing":
        return {"accept4": n, "setsockopt": 3 * n, "recvfrom": n, "sendto": n, "close": n}, (), NONE
    return {"accept4": n, "setsockopt": 3 * n}, MAKES, NONE


def items_of(row):
    """Of one worker: those of protocols do the items together."""
    together = row["kernel"].startswith(("serve-", "connect-", *BYSTANDERS))
    return int(row["items"]) // (int(row["workers"]) if row["kernel"] in EXPECTED and not together else 1)


def one_process(name):
    """Locks that processes cannot share, and what a child of a child would do."""
    return name == "copy-parent" or name.startswith("stall-") or "futex_private" in calls_of(name, 0, 1)[1] and not name.startswith("malloc")


def known(name):
    protocol, _, transport = name.partition("-")
    return name in EXPECTED or (protocol in PROTOCOLS and transport in TRANSPORTS)


def batches(kernels):
    """A worker's name shows ten characters of the kernel's: in one batch these tell. All of a batch have one size and one ballast: none, but for those
    that copy it."""
    found = []
    for kernel in kernels:
        name = kernel["name"]
        # Locks have to be fought for to be seen at all, and page faults have to be more than those of a worker's own life.
        faults = EXPECTED.get(name, Expected()).faults
        size = kernel["sizes"][0] if re.search("byte|MiB|^connections$", kernel["size_unit"]) or name.startswith(LOCKS) else FAULTS if faults else ITEMS
        ballast = "64K" if name.startswith("copy") else "0"
        batch = next((b for s, held, b in found if (s, held) == (size, ballast) and name[:10] not in b), None)
        if batch is None:
            found.append((size, ballast, batch := {}))
        batch[name[:10]] = name
    return found


def object_of(number, what):
    """Of a connection each worker has its own end; what has no number but the descriptor's was inherited under it."""
    if "->" in what:
        return "->".join(sorted(re.sub(r".*\[|\]", "", what).split("->")))
    return number + what if what.startswith("anon_inode") else what


def normal(line):
    """A call; its arguments without what differs from worker to worker; the objects that it is about."""
    call, rest = line.split("(", 1)
    rest = re.sub(r'"(?:[^"\\]|\\.)*"(\.\.\.)?', '""', rest.rsplit(") ", 1)[0])
    objects = {object_of(*found) for found in re.findall(r"\b(\d+)<((?:->|[^<>])*)>", rest)}
    if call == "futex":
        word, how = re.match(r"(0x[0-9a-f]+), (\w+)", rest).groups()
        return f"futex {how}", "", {word}
    if call == "openat":
        objects = {re.search(r'"([^"]*)"', line).group(1)}
    if call == "tgkill":
        objects = {rest.split(", ")[1]}
    if call == "process_vm_readv":
        objects = {rest.split(", ")[0]}
    if call in ("tgkill", "process_vm_readv", "wait4"):
        rest = re.sub(r"\b\d+, (\d+, SIG)?", "", rest, count=1)
    return call, re.sub(r"\b\d+<(?:->|[^<>])*>", "FD", re.sub(r"0x[0-9a-f]+", "ADDRESS", rest)), objects


class Worker:
    """What one of them did in one job."""
    def __init__(self, tid, kernel, rank, kind, before, timed):
        self.tid, self.kernel, self.rank, self.kind = tid, kernel, rank, kind
        self.calls, self.arguments, self.objects = collections.Counter(), collections.defaultdict(set), collections.defaultdict(set)
        # How its memory was made before: a page that was touched there is no page fault later. PROT_NONE: a thread's heap.
        self.made = frozenset(normal(line)[:2] for line in before if re.match(r"(mmap|madvise)\(", line) and "PROT_NONE" not in line)
        for line in timed:
            if not re.match(r"\w+\(", line) or re.search(r"= (\? ERESTART|-1 EINTR)", line):  # it is made again
                continue
            call, arguments, objects = normal(line)
            self.calls[call] += 1
            self.arguments[call].add(arguments)
            self.objects[call] |= objects

    def about(self, calls):
        return set().union(*(self.objects[call] for call in calls if call in self.objects))


NAMED = r'prctl\(PR_SET_NAME, "(.*)/w(\d+)"'


def readings(lines):
    return [i for i, line in enumerate(lines) if line.startswith("clock_gettime(CLOCK_THREAD_CPUTIME_ID")]


def workers_of(traces):
    """Of (thread id, text): who lived for one job."""
    for tid, text in traces:
        start = re.search(NAMED, text)
        lines = text[start.end():].split("\n") if start else []
        marks = readings(lines)
        if len(marks) == 2:
            kind = "threads" if any(line.startswith("exit(") for line in lines) else "processes"
            yield Worker(tid, start.group(1), int(start.group(2)), kind, lines[:marks[0]], lines[marks[0] + 1:marks[1]])


def team_of(traces):
    """
    The jobs of OpenMP teams. Rank 0 is who has loaded the runtime; the others came after it. Each session begins with a name.
    """
    leader = None
    for tid, text in traces:
        sessions = re.split(NAMED, text)
        is_leader = "/pvt-openmp.so" in text and len(sessions) > 1
        leader = sessions[1] if is_leader else leader
        is_pinned = "sched_setaffinity(" in text  # who makes a sequential reference is not
        if len(sessions) == 1 or sessions[1] != leader or not is_pinned or (sessions[2] != "0") == is_leader:
            continue
        for kernel, rank, session in zip(sessions[1::3], sessions[2::3], sessions[3::3]):
            lines = session.split("\n")
            marks = readings(lines)
            for begin, end in zip(marks[::2], marks[1::2]):
                yield Worker(tid, kernel, int(rank), "a team", [], lines[begin + 1:end])


def trace(batch, size, ballast, folder, runners):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    run = subprocess.Popen(["strace", "-ff", "-qq", "-yy", "-o", folder + "/t", pvt, "run", "--suite", "scaling", "--kernel", ",".join(batch.values()),
                            "--runner", runners, "--workers", "2", "--size", str(size), "--ballast", ballast,
                            "--repetitions", "1", "--invocations", "1", "--min-time", "1us", "--timeout", "20s", "--csv", folder + "/samples.csv"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        said = run.communicate(timeout=PATIENCE_S)[1]
    except subprocess.TimeoutExpired:  # strace alone would leave whom it traces behind
        os.killpg(run.pid, signal.SIGKILL)
        sys.exit(f"FAILED: after {PATIENCE_S} s there is no end of {', '.join(batch.values())}")
    if run.returncode not in (0, 1):
        sys.exit(f"strace pvt run: {run.returncode}: {said[-500:]}")
    names = sorted((int(name[2:]) for name in os.listdir(folder) if name.startswith("t.")))
    traces = [(tid, open(f"{folder}/t.{tid}", errors="replace").read()) for tid in names]
    workers = team_of(traces) if runners == "openmp" else workers_of(traces)
    return [w for w in workers if w.kernel in batch], list(csv.DictReader(open(folder + "/samples.csv")))


def in_pairs(workers):
    """Jobs come one after the other, and number their workers from 0; a team's threads do theirs in the same order."""
    if workers and workers[0].kind == "a team":
        return list(zip(*([w for w in workers if w.rank == rank] for rank in (0, 1))))
    return [(a, b) for a, b in zip(workers, workers[1:]) if (a.rank, b.rank) == (0, 1) and a.kind == b.kind]


def allowed(call, some):
    """`futex`: all that processes can have in common; `futex_private`: all that they cannot."""
    if call.startswith("futex ") and call not in some:
        return ("futex_private" if call.endswith("_PRIVATE") else "futex") in some
    return call in some


def check_kernel(name, of, rows):
    measured = [row for row in rows if check_row(row)]
    if not measured or EXPECTED.get(name, Expected()).once:
        return
    pairs = in_pairs(of)
    kinds = {kind: [pair for pair in pairs if pair[0].kind == kind] for kind in ("threads", "processes", "a team")}
    if not kinds["a team"] and (not kinds["threads"] or bool(kinds["processes"]) == one_process(name)):
        fail(f"{name}: jobs of threads: {len(kinds['threads'])}, of processes: {len(kinds['processes'])}")
        return
    for pair in pairs:
        check_pair(f"{name}, {pair[0].kind}", name, pair, items_of(measured[0]))
    check_alike(name, pairs)


def check_pair(who, name, pair, n):
    idle = [call for call in DISTURBS.get(name.split("-")[-1], ()) if name.startswith(BYSTANDERS) and not pair[1].calls[call]]
    if idle:
        fail(f"{who}: the worker that disturbs makes no {idle}")
    for w in pair:
        calls, some, objects = calls_of(name, w.rank, n)
        seen = {call: k for call, k in w.calls.items() if call in calls or not allowed(call, some)}
        if seen != calls:
            fail(f"{who}: worker {w.rank} makes {seen}, expected {calls}, and any number of {some}")
        if some == HEAP and sum(k for call, k in w.calls.items() if not call.startswith("futex")) >= n:
            fail(f"{who}: worker {w.rank} asks the system for memory at each item: {dict(w.calls)}")
    check_objects(who, pair, set(calls_of(name, 0, n)[0]), objects)
    if name.endswith("vm-readv"):
        check_readers(who, pair)


def check_objects(who, pair, calls, expected):
    if expected == CROSSED:
        for sender, receiver in (pair, pair[::-1]):
            into, out_of = sender.about(SENDS), receiver.about(RECEIVES)
            if not into or into != out_of or into & sender.about(RECEIVES):
                fail(f"{who}: worker {sender.rank} sends into {into}, worker {receiver.rank} receives from {out_of}")
    elif expected != NONE:
        mine, other = (w.about(calls) for w in pair)
        good = mine and other and (len(mine | other) == 1 if expected == ONE_OF_ALL else not mine & other)
        if not good:
            fail(f"{who}: {mine} and {other}, expected {expected}")


def check_readers(who, pair):
    """Threads read in their process, a process reads in the other one."""
    processes = pair[0].kind == "processes"
    for reader, other in (pair, pair[::-1]):
        of = reader.about({"process_vm_readv"})
        if of != {str(other.tid)} if processes else len(of | other.about({"process_vm_readv"})) != 1:
            fail(f"{who}: worker {reader.rank} reads in {of}, the other one is {other.tid}")


def check_alike(name, pairs):
    """The same arguments in all jobs, be they threads' or processes'; and of `exec` the same calls of the library's choice."""
    for rank in (0, 1):
        arguments = collections.defaultdict(set)
        for pair in pairs:
            for call in calls_of(name, rank, 1)[0]:
                arguments[call].add(frozenset(pair[rank].arguments[call]))
        for call, sets in arguments.items():
            if len(sets) != 1:
                fail(f"{name}: the arguments of {call} differ: {[sorted(s) for s in sets]}")
    made = {w.made for pair in pairs for w in pair}
    if EXPECTED.get(name, Expected()).faults and len(made) != 1 and pairs[0][0].kind != "a team":
        fail(f"{name}: memory is made in different ways: {[sorted(m) for m in made]}")
    if EXPECTED.get(name, Expected()).some == SPAWNS:
        kinds_of_calls = {frozenset(w.calls.items()) for pair in pairs for w in pair}
        if len(kinds_of_calls) != 1:
            fail(f"{name}: the calls differ: {[dict(c) for c in kinds_of_calls]}")


def check_row(row):
    """Was it measured?"""
    name, who = row["kernel"], f"{row['kernel']} on {row['runner']}"
    if row["status"] == "skipped" and MAY_BE_MISSING.search(name):
        print(f"not looked at: {who}: {row['why']}")
    elif row["status"] != "ok" and not (row["status"] == "skipped" and row["runner"] == "fork" and one_process(name)):
        fail(f"{who}: {row['status']}: {row['why']}")
    elif row["status"] == "ok" and EXPECTED.get(name, Expected()).once and items_of(row) > 1:
        fail(f"{who}: {items_of(row)} items a worker, more than one: say what it calls")
    elif row["status"] == "ok" and EXPECTED.get(name, Expected()).faults and float(row["minflt"]) < 2 * items_of(row):
        fail(f"{who}: {row['minflt']} page faults of {2 * items_of(row)} fresh pages")
    return row["status"] == "ok"


def listing(what):
    return subprocess.run([pvt, "list", what, "--json"], capture_output=True, check=True).stdout


def main():
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False).returncode:
        print("skipped: strace is missing, or may not trace")
        sys.exit(77)
    if len(os.sched_getaffinity(0)) < 2:
        print("skipped: on one processor, workers who spin wait for each other a time slice a message")
        sys.exit(77)
    # What needs messages has no runner of this experiment: threads and processes of one host do not send any.
    missing = {r["name"] for r in json.loads(listing("runners")) if r["missing"]}
    if "openmp" in missing:
        print("not looked at: openmp, which this pvt was built without")
    rates = [k for k in json.loads(listing("kernels")) if k["kind"] == "rate" and k["name"] not in MESSAGES and (not chosen or k["name"] in chosen)]
    for kernel in rates:
        if not known(kernel["name"]):
            fail(f"{kernel['name']}: a rate kernel without an expectation: say in {os.path.basename(__file__)} what its workers call")
    for size, ballast, batch in batches([k for k in rates if known(k["name"])]):
        for runners in [r for r in RUNNERS if r not in missing]:
            workers, rows = trace(batch, size, ballast, scratch, runners)
            for name in batch.values():
                if not any(row["kernel"] == name for row in rows):
                    fail(f"{name}: has no row")
                check_kernel(name, [w for w in workers if w.kernel == name[:10]], [row for row in rows if row["kernel"] == name])
    print(f"{len(rates)} rate kernels looked at")
    sys.exit(bool(failed))


main()
