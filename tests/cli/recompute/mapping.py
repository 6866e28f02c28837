"""The verdict on memory that all workers map shared, judged anew after docs/method.md."""
from . import rules, words
from .curves import of, of_a_page

PAGE, TABLES = of_a_page, of("tables_kib")
PARTS = (("mapping-first", "in page tables", "processes have {} times the page tables of threads", TABLES),
         ("mapping-first", "in the first pass", "the first pass takes them {} times as long", PAGE),
         ("mapping-later", "in later passes", "later passes take them {} times as long", PAGE),
         ("mapping-random", "in reads at random", "reads at random take them {} times as long", PAGE))
HUGE = (("thp", "transparent huge pages"), ("hugetlb", "pages of hugetlbfs"))


def find(s, kernel, runner):
    found = [c for c in s.of("mapping") if (c.kernel, c.runner, c.workers) == (kernel, runner, s.most_workers("mapping")) and c.samples]
    return max(found, key=lambda c: c.size, default=None)


def tables_of_a_gib(s):
    return rules.read(s, find(s, "mapping-first", "fork"), lambda s, c, run: c.of_run("tables_kib", run) / c.workers * 1024 / c.size)


def mapping(s, env):
    if s.most_workers("mapping") < 2:
        return rules.ONE_UNIT if rules.first(s, "mapping", "*", "pthread") else (rules.UNMEASURED, "", "")
    parts, said = [], []
    for kernel, where, sentence, reading in PARTS:
        processes, threads = (find(s, kernel, runner) for runner in ("fork", "pthread"))
        e = rules.divided(s, processes, threads, reading)
        if e.n:
            before = "" if said else f"of {words.size(processes.size * 2**20)} that {processes.workers} workers map, in pages of 4 KiB, "
            parts.append((where, e, rules.more(e)))
            said.append(before + sentence.format(rules.times(e)))
    if not parts:
        return rules.UNMEASURED, "", ""
    measured = [", ".join(said)]
    first, random, tables = find(s, "mapping-first", "fork"), find(s, "mapping-random", "fork"), tables_of_a_gib(s)
    if tables.n:
        measured.append(f"a process's tables take {rules.shown(tables, rules.kib)} per GiB")
    if random:
        measured.append(f"a read at random takes a process {rules.time(rules.read(s, random, PAGE))}")
    for ending, pages in HUGE:
        huge, reads = find(s, f"mapping-first-{ending}", "fork"), find(s, f"mapping-random-{ending}", "fork")
        if huge and first:
            tables, whole = (rules.times(rules.divided(s, huge, first, reading)) for reading in (TABLES, PAGE))
            measured.append(f"in {pages} it has {tables} times the tables, the first pass takes {whole} times" + (
                f" and a read {rules.times(rules.divided(s, reads, random, PAGE))} times as long" if reads and random else ""))
    verdict, reason = rules.decided(parts, "on what is asked of it: it costs processes more ", ", no more ", "it costs processes more",
                                       "it costs them no more")
    return verdict, "; ".join(measured), reason


def stamps(measured):
    return ["tables_kib"] * ("page tables of threads" in measured) + ["span_ns"] * ("as long" in measured)
