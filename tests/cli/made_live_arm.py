"""A made-up arm of a gate that takes turns (bench/base/turns.h). Arguments: a factor, words that say what is odd about it, and the options that the
gate adds. Each sample is a line of the log, and what slows the machine down is drawn anew for each three of them, which is one case in one pass."""
import os
import random
import socket
import sys
import time

from made_samples import row

CASES = {f"scaling/{kernel}/10/fork/workers:2": kernel for kernel in ("sort", "spin")}


class Arm:
    def __init__(self, factor, words, options):
        self.odd, self.factor = dict(w.split("=") for w in words), float(factor)
        self.columns, self.log = self.odd["columns"].split(","), self.odd["log"]
        path, seed = options[options.index("--csv") + 1], options[options.index("--seed") + 1]
        self.name = os.path.basename(path)[len("fresh-"):-len(".csv")]
        self.random = random.Random(seed)
        self.asked = 0
        version, fd = os.environ["PVT_TURNS"].split(":")
        assert version == "2"
        self.gate = socket.socket(fileno=int(fd))
        self.csv = open(path, "w", newline="")
        self.csv.write(",".join(self.columns) + "\r\n")

    def say(self, text):
        self.gate.send(text.encode())

    def sample(self, iterations, turn, name):
        with open(self.log, "a+") as log:
            log.seek(0)
            count = len(log.readlines())
            print(self.name, name, iterations, turn, file=log)
        neighbour = random.Random(count // 3).lognormvariate(0, 0.3)
        kernel = CASES[name]
        ns = 1e6 * neighbour * (self.factor if kernel == "sort" else 1) * self.random.gauss(1, float(self.odd.get("noise", 0.001)))
        sample = row(self.columns, kernel=kernel, ns=ns, seq=count, iterations=iterations, **{"block": 1, "pass": turn})
        self.csv.write(",".join(str(sample[c]) for c in self.columns) + "\r\n")
        self.csv.flush()
        return ns

    def misbehave(self, name):
        """Not in the first blocks, so that there is something on disk."""
        lines = sum(1 for _ in open(self.log))
        if "fault" not in self.odd or lines < int(self.odd.get("after", 0)):
            return False
        fault = self.odd["fault"]
        if fault == "hang":
            time.sleep(1000)
        if fault == "die":
            os._exit(5)
        if fault == "other":
            self.say("done 1000000 scaling/spin/10/thread/workers:2")
        if fault == "nonsense":
            self.say("how are you?")
        return True

    def run(self):
        if self.odd.get("fault") == "babble":
            self.say("hello")
        self.say(f"pvt-turns {self.odd.get('version', 2)} {len(CASES)}")
        for name in CASES:
            self.say(f"case {name}")
        while (text := self.gate.recv(4096).decode()) not in ("", "close"):
            word, *numbers, name = text.split(" ")
            if word == "calibrate":
                self.say(f"iterations {7 + len(self.name)} {name}")
            elif not self.misbehave(name):
                self.say(f"done {self.sample(*numbers, name):.0f} {name}")


first = next(i for i, word in enumerate(sys.argv) if word.startswith("--"))
Arm(sys.argv[1], sys.argv[2:first], sys.argv[first:]).run()
