#!/usr/bin/env python3
"""What README and docs show: every command in a block of sh is one that works, every block of console has the output that its command
prints, and the figures that the README names are those of the example. Where a command would measure for minutes, start a job on other
hosts or install something, it is taken as far as that: the options of `pvt run` by --dry-run, a gate with a budget of a second, a target
of make by -n. Arguments: the program, the source folder, a scratch folder."""
import csv
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

from checks import check, failed

pvt, source, scratch = map(os.path.abspath, sys.argv[1:4])
PAGES = ["README.md", "SECURITY.md", "runners/pool/README.md"] + sorted(os.path.relpath(f, source) for f in glob.glob(source + "/docs/*.md"))
# Programs of others, that no test of this one starts: what of ours they are given is looked at by name.
FOREIGN = ("podman", "cmake", "sbatch", "srun", "mpirun", "tests/mpi/hosts/hosts.py")
seen = {"run": 0, "looked at": 0}


def blocks(page, language):
    """The fenced blocks of a language: (first line, lines)."""
    with open(os.path.join(source, page), encoding="utf-8") as file:
        lines = file.read().splitlines()
    begin = None
    for number, line in enumerate(lines, 1):
        if line.startswith("```"):
            if begin is None:
                begin, kind = number + 1, line[3:]
            else:
                if kind == language:
                    yield begin, lines[begin - 1:number - 1]
                begin = None


def commands(page):
    for begin, lines in blocks(page, "sh"):
        joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
        for line in joined.splitlines():
            words = shlex.split(line, comments=True)
            while words:
                end = words.index("&&") if "&&" in words else len(words)
                yield f"{page}:{begin}: {' '.join(words[:end])}", words[:end]
                words = words[end + 1:]


def fixture():
    """A folder in which the commands of the pages find what they name."""
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch + "/docs")
    shutil.copytree(source + "/docs/example", scratch + "/docs/example", ignore=shutil.ignore_patterns("plots"))
    for run in ("results/latest", "results/before", "results/after", "results/2026-01-01", "laptop", "server"):
        os.makedirs(os.path.join(scratch, run))
        for name in ("samples.csv", "env.json"):
            shutil.copy(os.path.join(source, "docs/example", name), os.path.join(scratch, run))
    # A history: the same invocations once more, under other names and a day later.
    os.makedirs(scratch + "/results/2026-01-02")
    shutil.copy(source + "/docs/example/env.json", scratch + "/results/2026-01-02")
    with open(source + "/docs/example/samples.csv", newline="", encoding="utf-8") as file, \
            open(scratch + "/results/2026-01-02/samples.csv", "w", newline="", encoding="utf-8") as out:
        rows = csv.DictReader(file)
        later = csv.DictWriter(out, rows.fieldnames)
        later.writeheader()
        later.writerows(row | {"run_id": "19" + row["run_id"][2:]} for row in rows)
    with open(scratch + "/photo.pgm", "wb") as file:
        file.write(b"P5 64 64 255\n" + bytes(range(64)) * 64)
    for name in ("old", "new"):
        with open(os.path.join(scratch, name), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 0\n")
        os.chmod(file.name, 0o755)


def call(words, codes, what):
    seen["run"] += 1
    done = subprocess.run([pvt, *words], cwd=scratch, capture_output=True, text=True, timeout=200, check=False,
                          stdin=subprocess.DEVNULL)
    check(f"{what}: exit {done.returncode}: {done.stderr[-300:]}", done.returncode in codes)
    return done


def try_pvt(words, what):
    command, *rest = words
    has = lambda option: any(w == option or w.startswith(option + "=") for w in rest)
    if command == "run" and has("--resume"):
        done = call(words, (0, 1, 2), what)  # the example is of another machine, and is refused as such
        check(f"{what}: {done.stderr[-200:]}", "is not an option" not in done.stderr)
    elif command == "run" and (has("--hosts") or any("mpi" in w for w in rest) or has("--plugin")):
        known(command, rest, what)
    elif command == "run":
        call([*words, *([] if has("--dry-run") else ["--dry-run"])], (0,), what)
    elif command == "gate" and (has("--base") or has("--self-test") or any("--input" in w for w in rest)):
        known(command, rest, what)
    elif command == "gate":
        call([*words, "--budget", "1s", "--out", "gated"], (0, 1, 2, 3), what)
    elif command == "list" and has("--hosts"):
        known(command, rest, what)
    else:
        call(words, (0, 1, 3), what)


def known(command, words, what):
    """Every option is one of the command's."""
    seen["looked at"] += 1
    listed = subprocess.run([pvt, "list", "options", command], capture_output=True, text=True, check=True).stdout
    options = {line.split("\t")[0] for line in listed.splitlines()}
    for word in words:
        name = word.split("=")[0]
        if name.startswith("--"):
            check(f"{what}: {name} is no option of {command}", name[2:] in options or name in options)


def try_command(words, what):
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    program, *rest = words
    if program in ("pvt", "build/pvt"):
        try_pvt(rest, what)
    elif program == "make":
        seen["looked at"] += 1
        done = subprocess.run(["make", "-n", *rest], cwd=source, capture_output=True, text=True, check=False)
        check(f"{what}: {done.stderr[-200:]}", done.returncode == 0)
    elif program.startswith("scripts/"):
        seen["looked at"] += 1
        check(f"{what}: no such script", os.access(os.path.join(source, program), os.X_OK))
    else:
        seen["looked at"] += 1
        check(f"{what}: nothing is known of {program}", program in FOREIGN)
        for word in rest:
            if word.startswith("scripts/"):
                check(f"{what}: no such script: {word}", os.path.exists(os.path.join(source, word)))


def printed(page):
    """What a page shows as output is what the command prints."""
    n = 0
    for begin, lines in blocks(page, "console"):
        what, (prompt, *shown) = f"{page}:{begin}", lines
        words = shlex.split(prompt.removeprefix("$ "))
        done = call(words[1:], (0, 1), what)
        found = done.stdout.splitlines()
        wanted = [line for line in shown if line.strip()]
        got = [line for line in found if line.strip()]
        n += 1
        check(f"{what}: too little is shown", len(wanted) >= 5)
        check(f"{what}: printed is {next((pair for pair in zip(got, wanted) if pair[0] != pair[1]), (got[-1:], wanted[-1:]))}",
              wanted == got[:len(wanted)])
    return n


def figures():
    """Each ratio of the README and of the course stands in the example's tables or verdicts."""
    known_ratios = set()
    for name in ("overview.csv", "contrasts.csv"):
        with open(os.path.join(source, "docs/example", name), newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["low"]:
                    known_ratios.add("{:.2f} [{:.2f}, {:.2f}]".format(*(float(row[k]) for k in ("ratio", "low", "high"))))
    with open(os.path.join(source, "docs/example/claims.csv"), encoding="utf-8") as file:
        claims = file.read()
    for page in ("README.md", "docs/course.md"):
        with open(os.path.join(source, page), encoding="utf-8") as file:
            named = re.findall(r"[\d.]+ \[[\d.]+, [\d.]+\]", file.read().split("```console")[0])
        check(f"{page} names {len(named)} ratios", len(named) >= 6)
        for ratio in named:
            check(f"{page}: {ratio} is not of the example", ratio in known_ratios or ratio in claims)


fixture()
for page in PAGES:
    for what, words in commands(page):
        try_command(words, what)
outputs = sum(printed(page) for page in PAGES)
check("no output is shown", outputs > 0)
figures()
print(f"{seen['run']} commands run, {seen['looked at']} looked at, {outputs} outputs compared")
sys.exit(bool(failed))
