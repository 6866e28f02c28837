"""A made-up arm of a gate: writes samples as `pvt run --csv` does, as slow as it is told. It imports next to nothing, for a gate starts it a hundred
times. Arguments: a factor, words that say what is odd about it, and the options that the gate adds."""
import os
import sys

from made_samples import row


def mixed(state):
    """The finalizer of splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014)."""
    state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9 % 2**64
    state = (state ^ state >> 27) * 0x94d049bb133111eb % 2**64
    return state ^ state >> 31


def noise(text):
    """About normal, mean 1 and deviation 0.01: sums of twelve uniform numbers."""
    state = 0
    for byte in text.encode():
        state = mixed((state * 256 + byte) % 2**64)
    while True:
        total = 0
        for _ in range(12):
            state = (state + 0x9e3779b97f4a7c15) % 2**64
            total += mixed(state) / 2**64
        yield 1 + 0.01 * (total - 6)


def arm(factor, *words):
    first = next(i for i, word in enumerate(words) if word.startswith("--"))
    words, options = words[:first], list(words[first:])
    odd = dict(w.split("=") for w in words)
    path, seed = options[options.index("--csv") + 1], options[options.index("--seed") + 1]
    with open(odd["log"], "a") as log:
        if options[options.index("--repetitions") + 1] != "1":  # else it only warms up
            print(os.path.basename(path), len(os.environ["PVT_PADDING"]), seed, " ".join(o for o in options if "filter" in o), file=log)
    if "exit" in odd:
        sys.exit(int(odd["exit"]))
    factor = float(factor) * (float(odd["control"]) if "control" in odd and "control" in os.path.basename(path) else 1)
    columns, rng = odd["columns"].split(","), noise(os.path.basename(path) + seed)
    with open(path, "w", newline="") as out:
        out.write(",".join(columns) + "\r\n")
        for seq, kernel in enumerate(odd.get("kernels", "sort,spin").split(",")):
            ns = 1e6 * (factor if kernel == "sort" else 1) * next(rng)
            sample = row(columns, seq=seq, kernel=kernel, ns=ns, flags=odd.get("flags", ""))
            out.write(",".join(str(sample[c]) for c in columns) + "\r\n")


arm(*sys.argv[1:])
