#!/usr/bin/env python3
"""The English of what a user sees: words and turns that may not appear in the README, the docs, the manual pages, the plots' scripts and
the strings of the program. The argument: the source folder. A line that quotes such a word for a reason is named in ALLOWED."""
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
    r"\boperations? that meet\b|\bwhat workers meet at\b": "contend, contention",
}
# Names of a format, which readers of files rely on.
ALLOWED = (r'"mend"', r"\.Li mend\b")
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
    return faults > 0


sys.exit(main())
