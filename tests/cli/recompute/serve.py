"""The verdict on a server's connections, judged anew after docs/method.md."""
from . import rules
from .curves import an_item, kib_a_connection, of

CONNECTIONS = 100
REQUEST, ITEM = of("request_ns"), an_item("span_ns")
EACH = ("serve-each", "fork"), ("serve-each", "pthread")
PARTS = ((*EACH, "in the time per request", REQUEST, "a request takes {} times as long ({} with threads)", lambda e: rules.time(e), ("request_ns",)),
         (*EACH, "in the 99th percentile of the latency", of("p99_ns"), "the 99th percentile is {} times ({})", lambda e: rules.time(e), ("p99_ns",)),
         (*EACH, "in memory per connection", kib_a_connection, "memory {} times ({})", lambda e: rules.shown(e, rules.kib),
          ("pss_kib", "tables_kib", "stacks_kib")),
         (("connect-process", "fork"), ("connect-thread", "fork"), "in a connection that brings one request", ITEM,
          "a connection with one request {} times ({})", lambda e: rules.time(e), ("span_ns",)))


def find(s, kernel, runner):
    return rules.first(s, "serve", kernel, runner, size=CONNECTIONS)


def kib_of_process(s):
    return rules.read(s, find(s, *EACH[0]), kib_a_connection)


def compared(s):
    """Of each part that was measured: itself, processes over threads, and threads."""
    for part in PARTS:
        processes, threads = find(s, *part[0]), find(s, *part[1])
        e = rules.divided(s, processes, threads, part[3])
        if e.n:
            yield part, e, rules.read(s, threads, part[3])


def serve(s, env):
    if s.most_workers("serve") < 2:
        return rules.ONE_UNIT if rules.first(s, "serve", "*", "pthread") else (rules.UNMEASURED, "", "")
    found = list(compared(s))
    if not found:
        return rules.UNMEASURED, "", ""
    parts = [(part[2], e, rules.more(e)) for part, e, _ in found]
    said = [f"of {CONNECTIONS} connections with a process each, over one with a thread each: " + ", ".join(
        part[4].format(rules.times(e), part[5](threads)) for part, e, threads in found)]
    processes, threads, each, made, standing = (find(s, *of_case) for of_case in (
        ("serve-pool", "fork"), ("serve-pool", "pthread"), EACH[1], ("connect-thread", "fork"), ("connect-standing", "fork")))
    if processes and threads and each:
        kinds, pool = (rules.times(rules.divided(s, *pair, REQUEST)) for pair in ((processes, threads), (threads, each)))
        said.append(f"a pool of processes takes {kinds} times as long as one of threads, that {pool} times a thread each")
    if made and standing:
        said.append(f"a prefork process answers a new connection in {rules.times(rules.divided(s, standing, made, ITEM))} of a new thread's time")
    verdict, reason = rules.decided(parts, "on what is asked: a process costs more ", ", no more ", "it costs more", "it costs no more")
    return verdict, "; ".join(said), reason


def stamps(s):
    return list(dict.fromkeys(column for part, *_ in compared(s) for column in part[6]))
