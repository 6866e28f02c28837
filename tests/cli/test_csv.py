#!/usr/bin/env python3
"""Every input of tests/fuzz/corpus for the readers of CSV and of margins, and those that make_corpus.py adds: is it taken, and as
what; or refused, where and with which words? Arguments: the program, read_samples, the source folder, a scratch folder."""
import csv
import json
import os
import subprocess
import sys

from csv_inputs import margins, samples

pvt, read_samples, source, scratch = (os.path.abspath(argument) for argument in sys.argv[1:])
corpus = os.path.join(source, "tests", "fuzz")
HANG = 120  # seconds; a guard, no measure
failed = 0


def fail(*what):
    global failed
    print("FAILED:", *what)
    failed = 1


def run(*command):
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=HANG)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -1, b"", b"hangs")


def table_of(text):
    csv.field_size_limit(1 << 24)
    return list(csv.DictReader(text.decode().splitlines()))


def same(column, one, other):
    """As text, as a whole number, or as a number of ten digits."""
    if column in texts or not one or not other:
        return one == other
    if one.isdigit() and other.isdigit():
        return int(one) == int(other)
    return abs(float(one) - float(other)) <= 1e-9 * abs(float(one))


def check_taken(name, path, count):
    """What was read is what another reader of CSV finds in the file."""
    said = run(read_samples, path)
    if said.returncode != 0:
        fail(name, "is refused:", said.stderr.decode(errors="replace"))
        return
    with open(path, "rb") as file:
        there, read = table_of(file.read()), table_of(said.stdout)
    if not count == len(there) == len(read):
        fail(f"{name}: {len(read)} samples, not {count}")
    for row, was in zip(read, there):
        wrong = [column for column in row if column in was and not same(column, was[column], row[column])]
        if wrong:
            fail(f"{name}: {wrong[0]} is '{row[wrong[0]]}', not '{was[wrong[0]]}'")
    code = run(pvt, "compare", path, path, "--any-machine", "--any-build").returncode
    if code != (2 if any(row["status"] != "ok" for row in read) else 3):  # one invocation cannot tell
        fail(f"{name}: pvt compare ends with {code}")


def check_refused(name, expected, *arguments):
    said = run(pvt, "compare", *arguments, "--any-machine", "--any-build")
    words = said.stderr.decode(errors="replace").strip()
    if said.returncode != 2 or words != expected or said.stdout:
        fail(f"{name}: exit {said.returncode}, '{words[:300]}', not '{expected}'")


def check_samples(name, path, expected):
    if isinstance(expected, int):
        check_taken(name, path, expected)
    else:
        check_refused(name, f"pvt: {path}:{expected}", path, path)


def check_margins(name, path, expected):
    if isinstance(expected, str):
        check_refused(name, f"pvt: --margins: {path}:{expected}", good, good, "--margins", path)
        return
    said = run(pvt, "compare", good, good, "--any-machine", "--any-build", "--format", "json", "--margins", path)
    if said.returncode != 3:
        fail(name, "is refused:", said.stderr.decode(errors="replace"))
    elif abs(json.loads(said.stdout)["comparisons"][0]["margin"] - expected) > 1e-12:
        fail(f"{name}: the margin is not {expected}")


def check_all(reader, expected, check):
    """No input without a line in the table, no line without its input."""
    found = {}
    for folder in (os.path.join(corpus, "corpus", reader), os.path.join(scratch, reader)):
        found |= {name: os.path.join(folder, name) for name in os.listdir(folder)}
    for name in sorted(found.keys() ^ expected.keys()):
        fail(f"{reader}: '{name}' is only in the", "corpus" if name in found else "table")
    for name in sorted(found.keys() & expected.keys()):
        check(f"{reader}/{name}", found[name], expected[name])


subprocess.run([os.path.join(corpus, "make_corpus.py"), scratch], check=True)
good = os.path.join(corpus, "corpus", "samples", "crlf")
columns = json.loads(run(pvt, "list", "columns", "--json").stdout)
texts = {column["name"] for column in columns if column["type"] == "text"} | {"checksum"}
check_all("samples", samples, check_samples)
check_all("margins", margins, check_margins)
sys.exit(failed)
