"""The section of figures that others have published, beside the same of the samples."""
from . import bystander, mapping, processes, python, rules, serve, words

# what, from and to, how it is written, source, what the samples say
ROWS = (
    ("what a TLB shootdown costs who unmaps: a thread's mmap, touch and munmap less a process's", 1e3, 10e3, words.time,
     "1–10 µs, unseel.com/cs/tlb-shootdown; 1–3 µs on a Xeon, newsletter.onedfrk.com, 2026-05-27", bystander.shootdown),
    ("page tables of 4 KiB pages per process and GiB of memory that all map shared", 2048, 2048, rules.kib,
     "8 B per page: Intel SDM vol. 3A, 4.5; what PostgreSQL's documentation advises huge pages for (19.4.5)", mapping.tables_of_a_gib),
    ("memory per connection, a process each; published of PostgreSQL's backends, which have caches of their own", 0, 2048, rules.kib,
     "A. Freund, Measuring the memory overhead of a Postgres connection, 2020: blog.anarazel.de", serve.kib_of_process),
    ("for how long a fork holds up the program, per GB of its memory in pages of 4 KiB", 9e6, 23.3e6, words.time,
     "9 to 23.3 ms per GB on physical machines and KVM, redis.io/docs, *Diagnosing latency issues*, fork time", processes.per_gib),
    ("one thread of Python 3.13 without a GIL over one with it, in bytecode", 1.4, 1.4, rules.ratio,
     "about 40 % over pyperformance, docs.python.org/3.13/howto/free-threading-python.html", python.free_threads_price),
)


def published(s, env):
    measured = [(row, e) for row in ROWS if (e := row[-1](s)).n]
    if measured:
        yield words.row("what", "published", "here", "factor", "source")
    for (what, low, high, show, source, _), e in measured:
        factor = e.value / low if e.value < low else e.value / high if e.value > high else 1
        yield words.row(what, (f"less than {show(high)}" if low <= 0 else show(low) + (f" to {show(high)}" if high > low else "")), words.escaped(rules.shown(e, show)), f"{factor:.2f}", source)
