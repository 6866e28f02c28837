"""How the page writes numbers, names and times; said once more, after what the page looks like."""
import math
import re

GOOD_PREFIXES = ("", "k", "M", "G", "T", "P")


def escaped(text):
    return "".join("\\" + c if c in "\\`*_{}[]<>#|" else " " if c < " " else c for c in text)


def three_digits(value):
    return f"{value:.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def time(ns):
    for limit, unit, ns_of_it in ((999.5, "ns", 1), (999.5e3, "µs", 1e3), (999.5e6, "ms", 1e6), (math.inf, "s", 1e9)):
        if abs(ns) < limit or limit == math.inf:
            return f"{three_digits(ns / ns_of_it)} {unit}"
    return "–"


def time_or_dash(ns):
    return time(ns) if math.isfinite(ns) else "–"


def si(value):
    """"4.20 G": the unit is written behind."""
    prefixes = list(GOOD_PREFIXES)
    while abs(value) >= 999.5 and len(prefixes) > 1:
        value /= 1000
        prefixes.pop(0)
    return f"{three_digits(value)} {prefixes[0]}"


def size(value):
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if value >= factor:
            return f"{value / factor:g} {unit}"
    return f"{value:g} B"


def kib(value):
    return f"{value:.{1 if abs(value) < 10 else 0}f} KiB"


def share(value):
    return f"{100 * value:.0f} %"


def rate(value):
    return si(value) + "B/s"


def count(value):
    return f"{value:.0f}"


def counted(n, noun):
    return f"{n} {noun}{'' if n == 1 else 's'}"


def estimate(e):
    """A ratio or a speedup."""
    if not math.isfinite(e.value):
        return "–"
    return f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]" if math.isfinite(e.low) else f"{e.value:.2f}"


def estimate_in(show, e):
    return f"{show(e.value)} [{show(e.low)}, {show(e.high)}]" if math.isfinite(e.low) else show(e.value)


def milliseconds(e):
    shown = f"{e.value / 1e6:.3g} ms"
    return f"{shown} [{e.low / 1e6:.3g}, {e.high / 1e6:.3g}]" if math.isfinite(e.low) else shown


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def python(env):
    """"3.11.7": the interpreter that was measured."""
    of = env.get("python") or {}
    return of.get("version", "") + ("" if of.get("gil", True) else " (free-threaded)")


def python_name(name, env):
    """"3.13.5t" in words."""
    version = re.match(r"[0-9.]*", name)[0]
    build = "#" + name.split("#")[1] if "#" in name else ""
    kind = " (free-threaded)" if name[len(version):len(version) + 1] == "t" else " (sub-interpreters)" if "+sub" in name else ""
    return version + build + kind if name else python(env)
