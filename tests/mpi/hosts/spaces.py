"""The namespaces of a laboratory of hosts by their names in /run/netns: can there be any here, who is in them, how they end."""
import glob
import os
import shutil
import signal
import subprocess
import time

TOOLS = {"ip": "iproute2", "nsenter": "util-linux", "unshare": "util-linux", "taskset": "util-linux", "setsid": "util-linux"}
NAMESPACES = ["--net", "--uts", "--ipc", "--mount"]


def ip(*arguments):
    got = subprocess.run(["ip", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if got.returncode != 0:
        raise RuntimeError(f"ip {' '.join(arguments)}: {got.stderr.strip()}")


def unavailable():
    """None, or why there can be no hosts here."""
    if os.geteuid() != 0:
        return "network namespaces take root"
    for tool, package in TOOLS.items():
        if not shutil.which(tool):
            return f"there is no '{tool}' (package {package})"
    tried = subprocess.run(["unshare", *NAMESPACES, "sh", "-c", """set -e
ip link add sw type bridge
ip link add v0 type veth peer name v1
ip tuntap add t0 mode tap
mount --bind /dev/null /etc/hosts
mount -t tmpfs none /dev/shm"""], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"namespaces, bridge, veth, TUN or mounts are refused: {tried.stderr.strip()}"


def pids_of(space):
    """Processes in a network namespace that has a name."""
    found = []
    try:
        wanted = os.stat(f"/run/netns/{space}")
    except FileNotFoundError:
        return found
    for path in glob.iglob("/proc/[0-9]*/ns/net"):
        try:
            it = os.stat(path)
        except OSError:  # it has ended
            continue
        if (it.st_dev, it.st_ino) == (wanted.st_dev, wanted.st_ino):
            found.append(int(path.split("/")[2]))
    return sorted(found)


def spaces_of(lab):
    return sorted(glob.glob(f"/run/netns/{glob.escape(lab)}-*"))


def sweep(lab, folder):
    """Ends all that is in the namespaces of a lab, and them. Works from names alone, however much of it there is."""
    for path in spaces_of(lab):
        space, deadline = os.path.basename(path), time.monotonic() + 5
        while (left := pids_of(space)) and time.monotonic() < deadline:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.005)
        subprocess.run(["ip", "netns", "delete", space], check=False, stderr=subprocess.DEVNULL)
    try:  # agents that wait for ever, on the outside too, get their end of file
        os.close(os.open(os.path.join(folder, "never"), os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        pass
    shutil.rmtree(folder, ignore_errors=True)
