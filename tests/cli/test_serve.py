#!/usr/bin/env python3
"""The suites `serve` and `mapping` where something is missing or goes wrong: a server that dies, one that stops answering, too few
open files, no huge pages. Each is a row with a word, and no run hangs. Arguments: the program, a scratch folder."""
import csv, ctypes, os, resource, shutil, signal, subprocess, sys, time

from checks import check, failed, left_behind

pvt, scratch = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
PATIENCE_S = 40
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def start(name, *options, **given):
    path = os.path.join(scratch, name + ".csv")
    command = [pvt, "run", "--csv", path, "--invocations", "1", "--repetitions", "1", *options]
    return path, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=scratch, **given)


def end(name, path, run):
    """Its exit code and rows; a run that hangs is ended."""
    try:
        said = run.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        run.kill()
        run.communicate()
        check(f"{name}: the run hangs", False)
        return None, []
    if not os.path.exists(path):
        check(f"{name}: no rows: {said[1][-300:]}", False)
        return run.returncode, []
    with open(path, newline="", encoding="utf-8") as file:
        return run.returncode, list(csv.DictReader(file))


def stat_of(pid):
    """Its name and its parent."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return "", 0
    return text[text.index("(") + 1:text.rindex(")")], int(text[text.rindex(")") + 2:].split()[1])


def is_below(pid, ancestor):
    while pid > 1 and pid != ancestor:
        pid = stat_of(pid)[1]
    return pid == ancestor


def find_server(run):
    """The server's process in this run, by the name that workers have."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and run.poll() is None:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            if stat_of(pid)[0] == "serve-each/w1" and is_below(int(pid), run.pid):
                return int(pid)
    return None


def check_fault(name, number, status, word, timeout):
    """What the run says after its server got this signal."""
    path, run = start(name, "--suite", "serve", "--kernel", "serve-each", "--runner", "fork", "--workers", "2", "--size", "1", "--min-time", "3s",
                      "--timeout", timeout)
    server = find_server(run)
    check(f"{name}: no server was found", server)
    if server:
        os.kill(server, number)
    code, rows = end(name, path, run)
    said = [(row["status"], row["why"]) for row in rows]
    check(f"{name}: exit code {code}, not 1", code == 1)
    check(f"{name}: {said}, not one row that is {status} and says '{word}'", len(said) == 1 and said[0][0] == status and word in said[0][1])


def check_word(name, status, word, *options, **given):
    path, run = start(name, *options, **given)
    code, rows = end(name, path, run)
    said = [(row["status"], row["why"]) for row in rows]
    check(f"{name}: exit code {code}, {said}, not one row that is {status} and says '{word}'",
          len(said) == 1 and said[0][0] == status and word in said[0][1])


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (150, 150))


def huge_pages():
    with open("/proc/sys/vm/nr_hugepages", encoding="utf-8") as file:
        return int(file.read())


check_fault("killed", signal.SIGKILL, "crashed", "killed by SIGKILL", "20s")
check_fault("stopped", signal.SIGSTOP, "timeout", "after 2 s", "2s")
check_word("few files", "skipped", "ulimit -n", "--suite", "serve", "--kernel", "serve-pool", "--runner", "fork", "--workers", "2", "--size", "100",
           preexec_fn=few_files)
check_word("no such memory", "skipped", "MiB are more than half of the memory", "--suite", "mapping", "--kernel", "mapping-first", "--runner", "fork",
           "--workers", "2", "--size", "1048576")
if huge_pages() == 0:
    check_word("no huge pages", "skipped", "sysctl vm.nr_hugepages=2", "--suite", "mapping", "--kernel", "mapping-first-hugetlb", "--runner", "fork",
               "--workers", "2", "--size", "4")
check("a process is left behind", not left_behind())
sys.exit(bool(failed))
