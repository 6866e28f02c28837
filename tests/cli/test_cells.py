#!/usr/bin/env python3
"""What becomes of a run when the cell, the program that launches the workers, is missing, another, killed, stopped, silent,
or answers nonsense: a clear word or a row, and nobody is left behind. This file is a cell, too: a false one, which hands on
what desk and true cell say to each other until it is told to misbehave.
Arguments: the program, a scratch folder."""
import array, csv, ctypes, os, re, shutil, signal, socket, struct, subprocess, sys, time

MESSAGE = struct.Struct("=IIIiQ")  # struct cell_message of runners/cell/protocol.h
MAGIC, HELLO, RUN = 0x50565443, 0, 5


def false_cell():
    """Started as pvt-cell: the true one lies beside, as true-cell."""
    how, desk = os.environ["FALSE_CELL"], socket.socket(fileno=int(sys.argv[2]))
    if how == "dies":
        os._exit(7)
    if how == "silent":
        time.sleep(60)
    if how == "version":
        desk.send(MESSAGE.pack(MAGIC, 99, HELLO, 0, 12345))
        desk.recv(1)
    if how == "nonsense":
        desk.send(b"GET / HTTP/1.1")
        desk.recv(1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    os.set_inheritable(theirs.fileno(), True)
    true = os.path.dirname(os.path.abspath(sys.argv[0])) + "/true-cell"
    cell = subprocess.Popen([true, "--cell", str(theirs.fileno())] + sys.argv[3:5] + [str(os.getpid())], close_fds=False)
    theirs.close()
    desk.send(ours.recv(64))
    while True:
        message, fds, _, _ = socket.recv_fds(desk, 64, 1)
        if not message:
            break
        if MESSAGE.unpack(message)[2] == RUN and how == "answers nonsense":
            desk.send(MESSAGE.pack(MAGIC, 1, 99, 0, 0))
        elif MESSAGE.unpack(message)[2] == RUN and how == "answers an unknown status":
            desk.send(MESSAGE.pack(MAGIC, 1, RUN, 4242, 0))
        elif MESSAGE.unpack(message)[2] == RUN and how == "ends":
            cell.kill()
            os._exit(0)
        else:
            ours.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else [])
            desk.send(ours.recv(64))
        for fd in fds:
            os.close(fd)
    ours.close()
    cell.wait()
    sys.exit(0)


if sys.argv[1] == "--cell":
    false_cell()

from checks import check, failed, left_behind  # not in the false cell, which is a copy of this file alone

pvt, scratch = sys.argv[1:3]


def start(folder, *more, **env):
    return subprocess.Popen([f"{folder}/pvt", "run", "--suite", "scaling", "--kernel", "wait,cube", "--runner", "pthread,fork", "--workers", "2",
                             "--size", "small", "--repetitions", "1", "--invocations", "1", "--min-time", "1ms", "--csv", f"{folder}/rows.csv",
                             *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **env})


def rows(folder):
    return [(r["kernel"], r["status"], r["why"]) for r in csv.DictReader(open(f"{folder}/rows.csv"))]


def place(name, cell=None, mode=0o755):
    """A folder with the program, and with a file that it takes for its cell."""
    folder = f"{scratch}/{name}"
    os.makedirs(folder)
    shutil.copy(pvt, folder)
    shutil.copy(os.path.dirname(pvt) + "/pvt-cell", folder + "/true-cell")
    if cell:
        for name in "pvt-cell", "pvt-cell-dynamic":
            shutil.copy(cell, f"{folder}/{name}")
            os.chmod(f"{folder}/{name}", mode)
    return folder


def refused(name, text, folder, **env):
    """Before anything is measured: exit 2, with a clear word."""
    run = start(folder, **env)
    error = run.communicate()[1]
    check(f"{name}: exit code {run.returncode}, not 2: {error}", run.returncode == 2)
    check(f"{name}: '{text}' is not said: {error}", re.search(text, error))
    check(f"{name}: {left_behind()}", not left_behind())


def row(name, text, folder, **env):
    """In the midst of the run: each case is a row that says what happened, exit 1."""
    run = start(folder, **env)
    error = run.communicate()[1]
    got = rows(folder)
    check(f"{name}: exit code {run.returncode}, not 1: {error}", run.returncode == 1)
    check(f"{name}: {got}", len(got) == 4 and all(status == "crashed" and re.search(text, why) for _, status, why in got))
    check(f"{name}: {left_behind()}", not left_behind())


def strike(desk, number):
    """The cell of this desk, once two threads of it are at their items."""
    cells = subprocess.run(["pgrep", "-P", str(desk)], text=True, stdout=subprocess.PIPE).stdout.split()
    for cell in cells:
        try:
            names = [open(f"/proc/{cell}/task/{thread}/comm").read().strip() for thread in os.listdir(f"/proc/{cell}/task")]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "wait/w1" in names:
            os.kill(int(cell), number)
            return True
    return False


def struck(name, number, status, text, *more):
    """The cell is struck from outside while it waits for items: that case alone is lost."""
    folder = place(name, os.path.dirname(pvt) + "/pvt-cell")
    run = start(folder, "--size", "2000", *more)
    while run.poll() is None and not strike(run.pid, number):
        time.sleep(0.01)
    error = run.communicate()[1]
    got = rows(folder)
    bad = [r for r in got if r[1] != "ok"]
    check(f"{name}: exit code {run.returncode}, not 1: {error}", run.returncode == 1)
    check(f"{name}: {got}", len(got) == 4 and len(bad) == 1 and bad[0][1] == status and re.search(text, bad[0][2]))
    check(f"{name}: {left_behind()}", not left_behind())


shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
me = os.path.abspath(__file__)

refused("missing", "the program '.*pvt-cell(-dynamic)?', which launches the workers, is missing", place("missing"))
open(scratch + "/text", "w").write("no program\n")
refused("no program", "no process of '.*pvt-cell(-dynamic)?' to carry out the case in: Exec format error", place("text-cell", scratch + "/text"))
if os.geteuid() != 0:
    refused("not to be executed", "Permission denied", place("forbidden", me, 0o644))
refused("another program", r"makes no sense|exited with|left before any worker began", place("another", "/bin/echo"))
false = place("false", me)
refused("another version", r"pvt-cell is of another version \(protocol 99, board of 12345 bytes; this pvt: \d+, \d+\)", false, FALSE_CELL="version")
refused("nonsense at the start", "an answer that makes no sense", false, FALSE_CELL="nonsense")
refused("it dies at once", r"process \d+: exited with 7 before any worker began", false, FALSE_CELL="dies")
refused("it is silent", "does not say that it is up after 10 s", false, FALSE_CELL="silent")
row("it answers another question", "an answer that makes no sense", false, FALSE_CELL="answers nonsense")
row("it answers with no status", "an answer that makes no sense", false, FALSE_CELL="answers an unknown status")
row("it ends without an answer", r"process \d+: left", false, FALSE_CELL="ends")
struck("killed", signal.SIGKILL, "crashed", r"process \d+: killed by SIGKILL, and with it worker [01] \(pid \d+, cpu \d+\) in run\(\)", "--runner",
       "pthread,seq")
struck("stopped", signal.SIGSTOP, "timeout", r"worker [01] \(pid \d+, cpu \d+\): (still|stopped) in run\(\) after 4 s", "--runner", "pthread,seq",
       "--timeout", "4s")

run = start(place("whole", os.path.dirname(pvt) + "/pvt-cell"))
run.communicate()
check(f"with its own cell: exit code {run.returncode}", run.returncode == 0 and not left_behind())
bare = subprocess.run([os.path.dirname(pvt) + "/pvt-cell"], text=True, stderr=subprocess.PIPE)
check(f"a cell without a desk: {bare.returncode}, {bare.stderr}", bare.returncode == 2 and "is started by pvt" in bare.stderr)

print(f"{len(failed)} checks failed")
sys.exit(bool(failed))
