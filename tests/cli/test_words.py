#!/usr/bin/env python3
"""The English of what a user sees: words and turns that may not appear in the README, the docs, the manual pages, the plots' scripts and
the strings of the program, and how long the first pages may be. The argument: the source folder. A line that quotes such a word for a
reason is named in ALLOWED."""
import glob
import os
import re
import sys

# what may not appear, and what to write
FORBIDDEN = {
    r"\bhand(s|ed|ing)? over\b|\bhand-overs?\b": "context switch, transfer, pass",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\btold apart\b|\btell(s|ing)? apart\b": "distinguish, show a difference",
    r"\bgoes on\b": "continues, recovers",
    r"\bdealt\b": "scheduled",
    r"\bso (many|much|long) (workers|memory|samples|items|it)\b": "the number, or this much",
    r"\bworker's life\b|\blife of a worker\b": "creating and ending a worker",
    r"\b(operations|messages|bytes|work) a second\b|\b(instructions a cycle|misses an item|job an invocation|seconds a gate)\b": "per",
    r"\bknown to (worse|better) than\b": "interval wider than",
    r"\bwhat (it|they) lacks? (it|they) names?\b": "it prints the command for each missing measurement",
    r"\bsamples do not prove\b": "no difference was shown",
    r"\bcame it\b": "has it come",
    r"\b(is|are|be) told as\b": "reported as",
    r"\bcannot be told\b|\bcan be told\b": "is inconclusive, is known",
    r"\boperations? that meet\b|\b(what )?(workers|they) meet (at|on)\b": "contend, contention",
    r"\bbeside\b": "next to, with, compared with, besides",
    r"\bprocessing units?\b|\bof a unit\b|\ba unit each\b": "CPU",
    r"\bprocessor time\b|\bneeds no processor\b|\buse no processor\b": "CPU time, CPU",
    r"\bstolen time\b|\btheft\b": "steal time",
    r"\bhanded? out\b|\bhanding out\b|\bhanded in alone\b": "scheduled, submitted",
    r"\b(row|fresh program|process|rank|tasks?|MPI job|number|invocations?|processes) a (sample|worker|host|task|side)\b": "per",
    r"\ba worker and job\b|\bms a (case|sample)\b|\bs a gate\b|\b(about|take) %s an invocation\b|\ba worker's mean\b": "per",
    r"\ball the same\b|\bcame (out )?right\b|\bcome right\b|\bthat it struck\b|\bwas struck\b": "still; was correct; was hit",
    r"\bsee to it\b|\bhow well does .* tell\b|\bcannot be heard\b|\bpaid for its opening\b|\bspares the cost\b": "ensure; how reliable is; no answer from; pays off; saves",
    r"\bpiece of work wants\b|\bhad better run\b|\bwhoever\b|\bas (many|much) forked\b|\bnobody else\b": "name who or what, or the number",
}
# Names of a format, which readers of files rely on.
ALLOWED = (r'"mend"', r"\.Li mend\b", r'"beside"', r"`beside`", r"first-work/beside", r"- beside \d+, suite first-work", r"take processor time and caches")  # the last: recorded with the example
# Words as `wc -w` counts them: code, tables and their bars included.
AT_MOST = {"README.md": 800, "RESULTS.md": 5000}
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def texts(source):
    """(file, line, what a user may see of it)"""
    pages = ["README.md", "RESULTS.md", "TABLES.md", "SECURITY.md", "CONTRIBUTING.md", "runners/pool/README.md"] + \
        [os.path.relpath(f, source) for pattern in ("docs/*.md", "docs/man/*") for f in glob.glob(os.path.join(source, pattern))]
    code = [os.path.relpath(f, source) for pattern in ("bench/**/*.c", "bench/**/*.def", "runners/**/*.c", "runners/**/*.def", "kernels/**/*.c", "plots/*.gp")
            for f in glob.glob(os.path.join(source, pattern), recursive=True)]
    for name in sorted(pages + code):
        with open(os.path.join(source, name), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if name in pages:
                    yield name, number, line
                elif not line.startswith("#include"):
                    yield name, number, " ".join(STRING.findall(line))


def main():
    faults = 0
    for name, number, text in texts(os.path.abspath(sys.argv[1])):
        for allowed in ALLOWED:
            text = re.sub(allowed, "", text)
        for pattern, instead in FORBIDDEN.items():
            found = re.search(pattern, text, re.IGNORECASE)
            if found:
                faults += 1
                print(f"FAILED: {name}:{number}: '{found[0]}'; write: {instead}")
    for name, most in AT_MOST.items():
        with open(os.path.join(sys.argv[1], name), encoding="utf-8") as file:
            words = len(file.read().split())
        if words > most:
            faults += 1
            print(f"FAILED: {name} has {words} words; {most} are allowed")
    return faults > 0


sys.exit(main())
