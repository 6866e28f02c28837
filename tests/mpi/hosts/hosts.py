#!/usr/bin/env python3
"""Hosts for the tests of what runs on several: network namespaces of this machine, joined by a switch. Each host has an
address, a name, an /etc/hosts, a /dev/shm, a TMPDIR and CPUs of its own; files, processes' numbers and the clock are shared.
As a module: `with Hosts(["a", "b"]) as lab: lab.run("a", ["ping", "b"])`. As a command, on the first host:
    hosts.py [--delay 1ms] [--loss 1%] [--rate 100] [--wire PROGRAM] HOST… -- COMMAND…
which finds in PVT_HOSTS_AGENT what is to other hosts as ssh: `mpirun --mca plm_rsh_agent $PVT_HOSTS_AGENT`. Rates are Mbit/s.
Whatever becomes of the process that made them, hosts end with it: a warden outside of it sweeps them away by their names."""
import argparse
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile

from spaces import NAMESPACES, ip, pids_of, sweep, unavailable

HERE = os.path.dirname(os.path.abspath(__file__))
SWITCH = "-switch"  # no host's name: those begin with a letter or a digit
count_of_labs = itertools.count()

# $1 the host, $2 its /etc/hosts. IPv6 is off so that an interface has the one address that is meant.
BEGIN_HOST = """set -e
mount --bind "$2" /etc/hosts
mount -t tmpfs -o mode=1777 none /dev/shm
printf %s "$1" >/proc/sys/kernel/hostname
[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
ip link set lo up
echo ready
exec sleep infinity >&-"""


class Hosts:
    """cpus: a list of CPUs by host; where it says nothing, host i has CPU i modulo their number. wire: that program, or
    PVT_WIRE, or what the tree's build has; needed by link() alone."""

    def __init__(self, names, cpus=None, wire=None):
        for name in names:
            if not re.fullmatch("[a-z0-9][a-z0-9-]{0,30}", name) or list(names).count(name) > 1:
                raise ValueError(f"'{name}' is no name for a host, or is twice")
        self.wire = wire or os.environ.get("PVT_WIRE") or os.path.join(HERE, "../../build/tests/mpi/hosts/wire")
        ours = sorted(os.sched_getaffinity(0))
        self.names, self.holders, self.wires, self.is_cut = list(names), {}, {}, set()
        self.cpus = {name: list((cpus or {}).get(name, [ours[i % len(ours)]])) for i, name in enumerate(names)}
        self.addresses = {name: f"10.77.0.{i + 1}" for i, name in enumerate(names)}
        number = next(count_of_labs)
        self.id = f"pvt-{os.getpid()}" + (f".{number}" if number else "")
        self.folder = tempfile.mkdtemp(prefix="pvt-hosts.")
        self.agent = os.path.join(self.folder, "agent")
        self.closed = False
        try:
            self.warden = subprocess.Popen(
                ["setsid", "--fork", sys.executable, os.path.abspath(__file__), "--sweep", self.id, self.folder],
                cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.warden.wait()
            self.begin()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def space(self, host):
        return f"{self.id}-{host}"

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def begin(self):
        os.mkfifo(self.path("never"))
        with open(self.path("hosts"), "w", encoding="ascii") as f:
            f.write("127.0.0.1 localhost\n" + "".join(f"{self.addresses[name]} {name}\n" for name in self.names))
        shutil.copy(os.path.join(HERE, "agent.sh"), self.agent)
        ip("netns", "add", self.space(SWITCH))
        ip("-n", self.space(SWITCH), "link", "add", "switch", "up", "type", "bridge", "mcast_snooping", "0")
        for name in self.names:
            self.begin_host(name)

    def begin_host(self, name):
        os.makedirs(self.path(name, "tmp"))
        ip("netns", "add", self.space(name))
        holder = self.holders[name] = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{self.space(name)}", "unshare", "--uts", "--ipc", "--mount", "--propagation", "slave",
             "sh", "-c", BEGIN_HOST, "sh", name, self.path("hosts")],
            cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = holder.stdout.readline()
        if said != "ready\n":
            raise RuntimeError(f"host {name} does not begin: {said.strip()}")
        with open(self.path(name, "enter"), "w", encoding="ascii") as f:
            f.write(f"pid={holder.pid}\ncpus={','.join(map(str, self.cpus[name]))}\n")
        ip("-n", self.space(name), "link", "add", "eth0", "type", "veth", "peer", "name", self.port(name),
           "netns", self.space(SWITCH))
        self.plug_in(name)

    def port(self, host):
        return f"port{self.names.index(host)}"

    def plug_in(self, host):
        """The address stays the same, also for those who know it from the link before."""
        here = self.space(host)
        ip("-n", here, "link", "set", "eth0", "address", "02:00:00:77:00:%02x" % (self.names.index(host) + 1))
        ip("-n", here, "address", "add", f"{self.addresses[host]}/24", "dev", "eth0")
        ip("-n", here, "link", "set", "eth0", "up")
        ip("-n", self.space(SWITCH), "link", "set", self.port(host), "up")
        if host not in self.is_cut:
            ip("-n", self.space(SWITCH), "link", "set", self.port(host), "master", "switch")

    def popen(self, host, argv, **options):
        """subprocess.Popen on the host; signals reach the command itself."""
        env = {**(options.pop("env", None) or os.environ), "TMPDIR": self.path(host, "tmp"), "PVT_HOSTS_AGENT": self.agent}
        cwd = options.pop("cwd", None) or os.getcwd()
        enter = ["nsenter", "--target", str(self.holders[host].pid), *NAMESPACES,
                 "taskset", "-c", ",".join(map(str, self.cpus[host])), "sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", os.path.abspath(cwd)]
        return subprocess.Popen(enter + [str(word) for word in argv], env=env, **options)

    def run(self, host, argv, timeout=None, **options):
        """As subprocess.run(…, capture_output=True, text=True); after the timeout the command is killed."""
        with self.popen(host, argv, **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                                       "text": True, **options}) as process:
            try:
                out, err = process.communicate(timeout=timeout)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    def mark(self, host, state, on):
        if on:
            open(self.path(host, state), "w", encoding="ascii").close()
        elif os.path.exists(self.path(host, state)):
            os.remove(self.path(host, state))

    def cut(self, host):
        """Nothing gets to it or from it, as when somebody pulls a cable at a far switch: its own link stays up. Agents of
        others to it wait, and its own to others."""
        ip("-n", self.space(SWITCH), "link", "set", self.port(host), "nomaster")
        self.is_cut.add(host)
        self.mark(host, "cut", True)

    def mend(self, host):
        ip("-n", self.space(SWITCH), "link", "set", self.port(host), "master", "switch")
        self.is_cut.discard(host)
        self.mark(host, "cut", False)

    def silence(self, host):
        """From now on agents to it wait for ever, as ssh to a machine that is switched off."""
        self.mark(host, "silent", True)

    def speak(self, host):
        self.mark(host, "silent", False)

    def link(self, host, delay_us=0, loss=0, rate_mbit=0, seed=1):
        """Its cable to the switch: delay and rate (0: no limit) each way, loss as a probability. Changes a cable that there
        is without a break; its seed counts the first time. Returns what the cable has carried, lost and dropped so far."""
        if host not in self.wires:
            if not os.access(self.wire, os.X_OK):
                raise FileNotFoundError(f"the program 'wire' is not at {self.wire}: build it, or say where it is in PVT_WIRE")
            ip("-n", self.space(host), "link", "delete", "eth0")
            self.wires[host] = subprocess.Popen(
                [self.wire, self.space(host), "eth0", self.space(SWITCH), self.port(host), str(seed)],
                cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.command(host, 0, 0, 0)  # its answer: the devices are there
            self.plug_in(host)
        words = self.command(host, delay_us, loss, rate_mbit).split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def command(self, host, delay_us, loss, rate_mbit):
        wire = self.wires[host]
        wire.stdin.write(f"{round(delay_us * 1000)} {loss} {round(rate_mbit * 1e6)}\n")
        wire.stdin.flush()
        answer = wire.stdout.readline()
        if not answer:
            raise RuntimeError(f"the wire of {host} has ended")
        return answer

    def pids(self, host):
        """Processes that are on the host."""
        return [pid for pid in pids_of(self.space(host)) if pid != self.holders[host].pid]

    def close(self):
        if self.closed:
            return
        self.closed = True
        sweep(self.id, self.folder)
        for process in [*self.holders.values(), *self.wires.values()]:
            process.wait()
            for stream in filter(None, (process.stdin, process.stdout)):
                stream.close()
        warden = getattr(self, "warden", None)
        if warden:
            warden.stdin.close()
            warden.stdout.read()  # until it has ended
            warden.stdout.close()


def quantity(text, units):
    number, unit = re.fullmatch(r"([0-9.]+)(\D*)", text).groups()
    return float(number) * units[unit]


def main(arguments):
    if arguments[:1] == ["--sweep"]:
        sys.stdin.read()  # until the lab's process has closed it or is gone
        sweep(*arguments[1:3])
        return 0
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(usage="hosts.py [--delay 1ms] [--loss 1%%] [--rate MBIT] [--wire PROGRAM] HOST… -- COMMAND…")
    parser.add_argument("--delay", default="0", type=lambda text: quantity(text, {"": 1, "us": 1, "ms": 1e3, "s": 1e6}))
    parser.add_argument("--loss", default="0", type=lambda text: quantity(text, {"": 1, "%": 0.01}))
    parser.add_argument("--rate", default="0", type=float)
    parser.add_argument("--wire")
    parser.add_argument("host", nargs="+")
    options, command = parser.parse_args(arguments[:split]), arguments[split + 1:]
    if not command:
        parser.error("a command is missing after '--'")
    reason = unavailable()
    if reason:
        print(f"hosts.py: {reason}", file=sys.stderr)
        return 77
    with Hosts(options.host, wire=options.wire) as lab:
        if options.delay or options.loss or options.rate:
            for host in lab.names:
                lab.link(host, options.delay, options.loss, options.rate)
        code = lab.popen(lab.names[0], command).wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
