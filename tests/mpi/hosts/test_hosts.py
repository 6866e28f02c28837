#!/usr/bin/env python3
"""The laboratory of hosts keeps what hosts.py promises: names, CPUs, links that can be cut and made bad, agents, and nothing left
at its end. Argument: the program `wire`."""
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from hosts import SWITCH, Hosts
from spaces import pids_of, spaces_of, unavailable

failures = 0

ECHO = """import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 7))
print("ready", flush=True)
while True:
    s.sendto(*s.recvfrom(2048))"""

# Round trips of datagrams, in seconds; one that has no answer after a while is told as "lost".
ASK = """import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(float(sys.argv[3]))
for i in range(int(sys.argv[2])):
    begin = time.monotonic()
    s.sendto(b"%d" % i, (sys.argv[1], 7))
    try:
        s.recv(2048)
        print(time.monotonic() - begin)
    except TimeoutError:
        print("lost")"""


def check(what, good):
    global failures
    if not good:
        failures += 1
        print(f"FAILED: {what}")


def until(true, seconds=5):
    deadline = time.monotonic() + seconds
    while not (got := true()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return got


@contextlib.contextmanager
def echo_on(lab, host):
    with lab.popen(host, [sys.executable, "-c", ECHO, host], stdout=subprocess.PIPE, text=True) as server:
        server.stdout.readline()
        yield
        server.kill()


def ask(lab, host, other, count=1, wait=0.2):
    """The round trips that came back."""
    said = lab.run(host, [sys.executable, "-c", ASK, other, str(count), str(wait)], timeout=30).stdout.split()
    return [float(word) for word in said if word != "lost"]


def names_and_cpus(lab):
    for host in lab.names:
        got = lab.run(host, ["sh", "-c", "uname -n; taskset -cp $$ | sed 's/.*: //'; getent hosts a b; ls /dev/shm; ip -br link"])
        said = got.stdout.split("\n")
        check(f"{host} calls itself '{said[0]}'", said[0] == host)
        check(f"{host} has the CPUs {said[1]}", said[1] == ",".join(map(str, lab.cpus[host])))
        for other in lab.names:
            line = rf"^{re.escape(lab.addresses[other])} +{other}$"
            check(f"{host} does not know {other}: {got.stdout}", re.search(line, got.stdout, re.M))
        up = set(re.findall(r"^(\w+)\S* +(?:UP|UNKNOWN)", got.stdout, re.M))
        check(f"{host} has the interfaces {up}", up == {"lo", "eth0"})
        for other in lab.names:
            with echo_on(lab, other):
                check(f"{host} does not reach {other}", ask(lab, host, other, wait=2))
    check("commands run elsewhere than said", lab.run("a", ["pwd"], cwd="/usr").stdout == "/usr\n")
    check("the environment is lost", lab.run("b", ["sh", "-c", "echo $X"], env={**os.environ, "X": "y"}).stdout == "y\n")
    mine = f"/dev/shm/{lab.id}"
    lab.run("a", ["touch", mine])
    check("/dev/shm is shared", lab.run("b", ["test", "-e", mine]).returncode == 1 and not os.path.exists(mine))


def agent(lab):
    def said(*words, host="a"):
        got = lab.run(host, [lab.agent, *words], timeout=10)
        return got.returncode, got.stdout

    check("one string, as a person gives it", said("b", """printf '<%s>' "a  b" 'c"d'; uname -n""") == (0, '<a  b><c"d>b\n'))
    check("many words, as hydra and Open MPI give them", said("-x", "b", '"printf"', "'<%s>'", '"a  b"', "c;", "uname", "-n") ==
          (0, "<a  b><c>b\n"))
    check("a name of a user, an option with a value", said("-l", "root", "root@a", "uname -n", host="b") == (0, "a\n"))
    check("the exit code is lost", said("b", "exit 7") == (7, ""))
    check("a host that is not there", said("c", "true")[0] == 255)
    check("an environment goes along", lab.run("a", [lab.agent, "b", "echo $X"], env={**os.environ, "X": "y"}).stdout == "\n")
    piped = lab.popen("a", [lab.agent, "b", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    check("standard input is lost", piped.communicate("through", timeout=10)[0] == "through")
    remote = lab.popen("a", [lab.agent, "b", "exec sleep 1000"], stdin=subprocess.DEVNULL)
    left = until(lambda: [pid for pid in lab.pids("b") if command_of(pid).startswith("sleep\0")])
    remote.kill()
    remote.wait()
    check("what runs on b ends with the agent, or is not told", left and set(left) <= set(lab.pids("b")))
    for pid in lab.pids("b"):
        os.kill(pid, signal.SIGKILL)
    check("somebody is left on b", until(lambda: not lab.pids("b")))


def command_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as f:
            return f.read()
    except OSError:
        return ""


def silence(lab):
    lab.silence("b")
    for host in ("a", None):  # from a host and from outside
        words = [lab.agent, "b", "echo heard"]
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        waiting = lab.popen(host, words, **options) if host else subprocess.Popen(words, **options)
        time.sleep(0.2)
        check("the agent does not wait", waiting.poll() is None)
        waiting.terminate()
        check("the agent cannot be ended", waiting.wait(5) == -signal.SIGTERM and waiting.stdout.read() == b"")
        waiting.stdout.close()
    check("the others are silent too", lab.run("b", [lab.agent, "a", "uname -n"], timeout=5).stdout == "a\n")
    lab.speak("b")
    check("b stays silent", lab.run("a", [lab.agent, "b", "echo heard"], timeout=5).stdout == "heard\n")


def cut_and_mend(lab):
    with echo_on(lab, "b"):
        check("no answer before the cut", ask(lab, "a", "b", wait=2))
        lab.cut("b")
        check("an answer through a cut", not ask(lab, "a", "b"))
        check("b sees the cut", "LOWER_UP" in lab.run("b", ["ip", "link", "show", "eth0"]).stdout)
        lab.mend("b")
        check("no answer after the mending", until(lambda: ask(lab, "a", "b", wait=1)))


def link(lab):
    with echo_on(lab, "b"):
        lab.cut("a")
        lab.link("a")
        check("a new wire mends a cut", not ask(lab, "a", "b"))
        lab.mend("a")
        lab.link("b", delay_us=20000)
        trips = ask(lab, "a", "b", 5, wait=2)
        check(f"round trips over 20 ms each way are {trips}", trips and min(trips) >= 0.040)
        lab.link("a", delay_us=10000)
        trips = ask(lab, "a", "b", 3, wait=2)
        check(f"round trips over 20 and 10 ms each way are {trips}", trips and min(trips) >= 0.060)
        lab.link("b", delay_us=30000)
        trips = ask(lab, "a", "b", 3, wait=2)
        check(f"round trips over 30 and 10 ms each way are {trips}", trips and min(trips) >= 0.080)
        lab.link("a")
        lab.link("b", loss=1)
        check("an answer where all is lost", not ask(lab, "a", "b", 3, wait=0.05))
        before = lab.link("b", loss=0.5)
        came = len(ask(lab, "a", "b", 30, wait=0.02))
        after = lab.link("b")
        check(f"half of the frames lost: {came} of 30 answers, {before}, {after}",
              0 < came < 30 and after["lost"] > before["lost"] > 0)
        lab.cut("b")
        lab.link("b", delay_us=1)
        check("an answer through a cut wire", not ask(lab, "a", "b", wait=0.1))
        lab.mend("b")
        check("no answer through a mended wire", until(lambda: ask(lab, "a", "b", wait=1)))
        lab.link("b", rate_mbit=0.1)  # 142 bytes take 11 ms
        trips = ask(lab, "a", "b", 3, wait=2)
        check(f"round trips at 100 kbit/s are {trips}", trips and min(trips) >= 2 * 8 * 66 / 100e3)


def remains(lab):
    """What is there of a lab: namespaces, processes that knew its folder, the folder."""
    knew = [pid for pid in filter(str.isdigit, os.listdir("/proc")) if re.search(rf"{re.escape(lab.folder)}\b", command_of(pid))]
    return spaces_of(lab.id) + knew + [lab.folder] * os.path.exists(lab.folder)


def ends():
    lab = Hosts(["a", "b"])
    busy = [lab.popen("a", ["sh", "-c", "trap '' TERM; setsid sleep 1000 & setsid sleep 1000 & wait"], stdin=subprocess.DEVNULL),
            subprocess.Popen([lab.agent, "b", "sleep 1000"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)]
    check("nothing runs", until(lambda: len(lab.pids("a")) >= 3 and lab.pids("b")))
    lab.silence("b")
    busy.append(subprocess.Popen([lab.agent, "b", "true"], stdin=subprocess.DEVNULL))
    lab.link("a", delay_us=1)
    check("the test sees nothing of a lab", len(remains(lab)) >= 5 and len(pids_of(lab.space(SWITCH))) == 1)
    members = lab.pids("a") + lab.pids("b")
    lab.close()
    lab.close()
    for process in busy:
        process.wait(10)
    check(f"a closed lab leaves {remains(lab)}", not remains(lab))
    check("a closed lab leaves processes", until(lambda: not any(map(command_of, members))))


def fails_half_way():
    made = []

    class Failing(Hosts):
        def plug_in(self, host):
            made.append(self)
            if host == "b":
                raise RuntimeError("as planned")
            super().plug_in(host)

    try:
        Failing(["a", "b", "c"])
        check("what is to fail does not", False)
    except RuntimeError as error:
        check(f"another failure: {error}", str(error) == "as planned")
    check(f"a lab that failed half-way leaves {remains(made[0])}", not remains(made[0]))


def killed():
    """A lab whose process has no chance to close it."""
    script = ("import sys; sys.path.insert(0, sys.argv[1]); from hosts import Hosts; lab = Hosts(['a']); "
              "lab.popen('a', ['sleep', '1000']); print(lab.id, lab.folder, flush=True); sys.stdin.read()")
    for number in (signal.SIGTERM, signal.SIGKILL):
        with subprocess.Popen([sys.executable, "-c", script, os.path.dirname(os.path.abspath(__file__))], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            lab = Hosts.__new__(Hosts)
            lab.id, lab.folder = process.stdout.readline().split()
            check("the test sees nothing of another's lab", remains(lab))
            process.send_signal(number)
        check(f"a lab whose process is killed leaves {remains(lab)}", until(lambda: not remains(lab)))


def command(wire):
    program = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "hosts.py"), "--wire", wire]
    got = subprocess.run(program + ["--delay", "5ms", "--loss", "0.1%", "--rate", "100", "x", "y", "--", "sh", "-c",
                                    'uname -n; "$PVT_HOSTS_AGENT" y uname -n; exit 5'], capture_output=True, text=True, check=False)
    check(f"the command says {got}", (got.returncode, got.stdout) == (5, "x\ny\n"))


def main():
    reason = unavailable()
    if reason:
        print(f"skipped: {reason}")
        return 77
    wire = os.path.abspath(sys.argv[1])
    outside = (os.listdir("/sys/class/net"), open("/etc/hosts", encoding="utf-8").read(), os.uname().nodename)
    with tempfile.TemporaryDirectory(prefix="pvt-hosts-test.") as folder:
        tempfile.tempdir = folder
        with Hosts(["a", "b"], cpus={"b": sorted(os.sched_getaffinity(0))}, wire=wire) as lab:
            for part in (names_and_cpus, agent, silence, cut_and_mend, link):
                part(lab)
            check(f"somebody is left: {lab.pids('a')} {lab.pids('b')}", not lab.pids("a") and not lab.pids("b"))
        check(f"the lab leaves {remains(lab)}", not remains(lab))
        os.environ["PVT_WIRE"] = wire
        for part in (ends, fails_half_way, killed):
            part()
        command(wire)
        check(f"files are left: {os.listdir(folder)}", not os.listdir(folder))
    now = (os.listdir("/sys/class/net"), open("/etc/hosts", encoding="utf-8").read(), os.uname().nodename)
    check(f"the machine itself has changed: {outside}, {now}", now == outside)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
