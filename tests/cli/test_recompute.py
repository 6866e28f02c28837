#!/usr/bin/env python3
"""Every figure of RESULTS.md and TABLES.md can be recomputed from docs/example/samples.csv: by `pvt report`, byte for byte, and by a second implementation
(tests/cli/recompute) that shares nothing with it; so can those of runs made up on more hosts than one. Arguments: the program, the repository, a scratch folder."""
import json
import os
import re
import shutil
import subprocess
import sys

import made_scale
import made_stamps
from recompute import page, tables
from recompute.samples import Samples
from recompute.sections import NOT_MEASURED, SECTIONS

pvt, repository, scratch = map(os.path.abspath, sys.argv[1:4])
example = os.path.join(repository, "docs", "example")
shutil.rmtree(scratch, ignore_errors=True)
shutil.rmtree(scratch + "-made", ignore_errors=True)
failed = 0


PAGES = ("RESULTS.md", "TABLES.md")  # read as one: a section stands in one of them


def fail(what):
    global failed
    failed += 1
    if failed <= 20:
        print("FAILED:", what)


def text_of(*path):
    with open(os.path.join(*path), encoding="utf-8", newline="") as file:
        return file.read()


def check_program():
    """A copy of the example with nothing but samples and env.json: the program writes the rest again. Plots alone need gnuplot."""
    if not shutil.which("gnuplot"):
        return False
    os.makedirs(scratch)
    for name in ("samples.csv", "env.json"):
        shutil.copy(os.path.join(example, name), scratch)
    said = subprocess.run([pvt, "report", scratch], capture_output=True, text=True, check=False)
    if said.returncode not in (0, 1):
        fail(f"pvt report: exit {said.returncode}: {said.stderr}")
        return True
    pages = [(name, as_published(text_of(scratch, name)), text_of(repository, name)) for name in PAGES]
    for name, found, published in [(name, text_of(scratch, name), text_of(example, name)) for name in tables.TABLES] + pages:
        if found != published:
            a, b = found.splitlines(), published.splitlines()
            at = next((i for i, pair in enumerate(zip(a, b)) if pair[0] != pair[1]), min(len(a), len(b)))
            fail(f"{name}, line {at + 1}: published '{b[at] if at < len(b) else ''}', `pvt report` writes '{a[at] if at < len(a) else ''}'; "
                 "publish it again with scripts/publish-example")
    return True


def altered(text):
    """The page with one number changed, in each line another one of its numbers: (line, altered page). Lines are compared as a whole."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        digits = list(re.finditer(r"\d(?![\d.])", line))
        if digits:
            digit = digits[i % len(digits)]
            other = str((int(digit[0]) + 5) % 10)
            yield i + 1, "\n".join(lines[:i] + [line[:digit.start()] + other + line[digit.end():]] + lines[i + 1:])


def check_itself(text, expected):
    """A check that lets an altered number pass proves nothing: every one has to be found, where it is. So do lines and sections too many."""
    tried = {}
    for heading, (_, lines) in page.sections(text).items():
        body = {heading: expected.get(heading, ())}
        for line, other in altered("\n".join(t.text for t in lines)):
            tried[heading] = tried.get(heading, 0) + 1
            numbered = [page.Line(i, t) for i, t in enumerate(other.splitlines(), 1)]
            if line not in [f.number for f in page.check_section(heading, numbered, body[heading], NOT_MEASURED)]:
                fail(f"an altered number is not found: '{other.splitlines()[line - 1]}'")
        for extra in ("| sort 1 | 2 | 1.00 |", "- It takes 3.00 ms."):
            more = lines + [page.Line(9999, extra)]
            if not any(f.number == 9999 and "is not covered" in f.text for f in page.check_section(heading, more, body[heading], NOT_MEASURED)):
                fail(f"a line too many is not found in '{heading}'")
        if body[heading] and not list(page.check_section(heading, [t for t in lines if not page.tells(t.text)], body[heading], NOT_MEASURED)):
            fail(f"lines missing are not found in '{heading}'")
    for heading in expected:
        if re.search(r"\d", "".join(expected[heading])) and not tried.get(heading):
            fail(f"nothing was altered in '{heading}'")
    if not any("nothing checks the section" in f.text for f in page.check(text + "\n## Unheard of\n\nprose\n", expected, NOT_MEASURED)):
        fail("a section that nothing checks is not found")
    return sum(tried.values())


def name_all(samples):
    """What a sentence of its page may be about."""
    for case in samples.cases:
        page.NAMES.update((case.kernel, case.runner, case.suite))


def check_page(folder, published, what):
    """The page of a run and its tables, against its samples; what was expected of each section."""
    samples, env = Samples(os.path.join(folder, "samples.csv")), json.loads(text_of(folder, "env.json"))
    name_all(samples)
    expected = {heading: list(checker(samples, env)) for heading, checker in SECTIONS.items() if heading in page.sections(published)}
    for fault in page.check(published, expected, NOT_MEASURED):
        fail(f"{what}, {fault.text}")
    for name, rows in tables.TABLES.items():
        for fault in tables.faults(os.path.join(folder, name), rows(samples)):
            fail(fault)
    beyond = list(tables.scale(samples, env))
    if beyond:
        for fault in tables.faults(os.path.join(folder, "scale.csv"), beyond):
            fail(fault)
    elif os.path.exists(os.path.join(folder, "scale.csv")):
        fail(f"{folder}/scale.csv: there is nothing for it in the samples")
    return expected


MADE = {"four hosts": {"most_hosts": 4}, "two hosts of one machine": {"most_hosts": 2, "shared": True}, "one host": {"most_hosts": 1},
        "messages of one size": {"most_hosts": 2, "sizes": (1,)}, "a network that is too slow": {"most_hosts": 2, "slower": 1000},
        "two invocations": {"most_hosts": 2, "runs": 2}, "hosts of one unit": {"most_hosts": 4, "units": 1}}
BEYOND = ("## Beyond one machine", "### What was measured on hosts")
PREDICTED = "## What the model predicts"


STAMPS = {"all stamps": {}, "stamps of three invocations": {"runs": 3}, "stamps of one invocation": {"runs": 1},
          "stamps of two invocations": {"runs": 2}, "stamps of five invocations": {"runs": 5, "noise": 0.1},
          "stamps amid noise": {"noise": 0.25, "runs": 9}, "stamps amid much noise": {"noise": 0.6, "runs": 6},
          "passes of blocks": {"passes": 4, "runs": 4}, "passes amid noise": {"passes": 5, "noise": 0.25, "runs": 7}}
STAMPED = ("## The verdicts", "## What was found", "## Time to a worker's first result",
           "## Creating and ending a worker, by the number of workers",
           "## The first write to the parent's memory", "## Crashes", "## Python threads and processes",
           "## What a worker that changes its memory costs the others", "## How late a pool's job is after a pause", "## What an idle pool takes", "## What others have published",
           "## What memory that all map shared costs to read", "## What page tables memory that all map shared takes",
           "## What a server's requests take", "## What a server's connections occupy", "## What a new connection costs")


def check_predictions(what, folder, published, wanted):
    """They have a section of their own, and no other place: no title, no sentence, no verdict; none at all of hosts on one machine."""
    parts = page.sections(published)
    if (PREDICTED in parts) != wanted:
        fail(f"{what}: the section '{PREDICTED}' is {'missing' if wanted else 'there'}")
    for heading, (_, lines) in parts.items():
        if heading != PREDICTED and any(re.search(r"\bpredicts? (?!more from it)", t.text) for t in lines):
            fail(f"{what}: something predicted stands in '{heading}'")
    for name in ("claims.csv", "scale.csv"):
        path = os.path.join(folder, name)
        if os.path.exists(path) and "predict" in text_of(path) and (name == "claims.csv" or not wanted):
            fail(f"{what}: something predicted stands in {name}")


def check_made(what, write, headings, alter, **given):
    """The published run ended at its machine's border, or is of before: what lies beyond is told of runs made up for it."""
    folder = os.path.join(scratch + "-made", what.replace(" ", "-"))
    write(pvt, folder, **given)
    said = subprocess.run([pvt, "report", folder], capture_output=True, text=True, check=False, env={**os.environ, "PATH": blank})
    if not os.path.exists(os.path.join(folder, "RESULTS.md")):
        fail(f"{what}: pvt report: exit {said.returncode}: {said.stderr}")
        return
    published = as_published("\n".join(text_of(folder, name) for name in PAGES))
    expected = check_page(folder, published, what)
    for heading in headings:
        if heading not in expected:
            fail(f"{what}: there is no section '{heading}'")
    check_predictions(what, folder, published, write == made_scale.write and not given.get("shared"))
    for name in (*PAGES, "claims.csv", "overview.csv", "contrasts.csv"):
        if re.search(r"\bnan\b|\binf\b", text_of(folder, name)):
            fail(f"{what}: {name} has a number that is none")
    if not failed and alter:
        beyond = {heading: expected[heading] for heading in dict.fromkeys((*headings, PREDICTED, "## The verdicts")) if heading in expected}
        lines = {heading: part[1] for heading, part in page.sections(published).items() if heading in beyond}
        text = "\n".join(line for heading in beyond for line in (heading, *(t.text for t in lines[heading])))
        print(f"{what}: {check_itself(text, beyond)} numbers of {len(beyond)} sections altered, one at a time; each was found")


def as_published(text):
    for name, path in (("samples.csv", "docs/example/samples.csv"), ("TABLES.md", "TABLES.md"), ("RESULTS.md", "RESULTS.md")):
        text = text.replace(f"`{name}`", f"[`{name}`]({path})")
    return text.replace("](plots/", "](docs/example/plots/")


# What is drawn of made-up runs is the business of other tests: this gnuplot leaves blank pages, and in no time.
blank = scratch + "-blank"
os.makedirs(blank, exist_ok=True)
with open(os.path.join(blank, "gnuplot"), "w", encoding="utf-8") as file:
    file.write('#!/bin/sh\n: >"$5.svg" && : >"$5.png"\n')
os.chmod(file.name, 0o755)
published = "\n".join(text_of(repository, name) for name in PAGES)
expected = check_page(example, published, "RESULTS.md and TABLES.md")
for picture in re.findall(r"\]\((docs/example/plots/[^)]*)\)", published):
    if not os.path.exists(os.path.join(repository, picture)):
        fail(f"the report shows {picture}, which is not there")
if not failed:
    print(f"{check_itself(published, expected)} numbers of {len(expected)} sections altered, one at a time; each was found")
for what, given in MADE.items():
    check_made(what, made_scale.write, BEYOND, True, **given)
for what, given in STAMPS.items():
    check_made(what, made_stamps.write, STAMPED, not given, **given)
drawn = check_program()
if failed > 20:
    print(f"… and {failed - 20} more")
sys.exit(1 if failed else 0 if drawn else 77)
