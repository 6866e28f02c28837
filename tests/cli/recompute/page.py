"""The page against what it has to say: each line that holds a digit, opens a table or lists something is expected, or it is a failure that names line,
column, what is expected and what was found. Tables are expected word for word. Of sentences the numbers and the names are, in their order: how a
sentence is put is nobody's business here."""
import collections
import re

Line = collections.namedtuple("Line", "number text")
Fault = collections.namedtuple("Fault", "number text")
SEPARATOR = re.compile(r"\|(-+:?\|)+$")
HEADING = re.compile(r"#{1,6} ")


def sections(text):
    """heading -> its lines, and the line of the heading; text before the first heading is a section without a name."""
    found = {"": (0, [])}
    name = ""
    for number, line in enumerate(text.splitlines(), 1):
        if HEADING.match(line):
            if line in found:
                line = f"{line} (again)"
            name = line
            found[name] = number, []
        else:
            found[name][1].append(Line(number, line))
    return found


def tells(line):
    """Does it say something that has to be checked? Prose without a digit does not."""
    return not SEPARATOR.match(line) and (bool(re.search(r"\d", line)) or line[:1] == "|" or line[:2] in ("- ", "!["))


def differences(line, expected, heads):
    """Which cell or word is another one than expected."""
    if line.text.startswith("|") and expected.startswith("|"):
        found, wanted, where = line.text.split(" | "), expected.split(" | "), heads
    else:
        found, wanted, where = line.text.split(), expected.split(), []
    for i in range(max(len(found), len(wanted))):
        a, b = (x[i].strip("| ") if i < len(x) else "(nothing)" for x in (wanted, found))
        if a != b:
            name = f"column {i + 1}" + (f" ({where[i].strip('| ')})" if i < len(where) and where[i].strip("| ") else "") if line.text.startswith("|") else f"word {i + 1}"
            yield Fault(line.number, f"line {line.number}, {name}: expected '{a}', found '{b}'")


NAMES = set()  # of kernels, runners and suites: what a sentence may be about


def is_prose(text):
    """A sentence, or a cell that has one."""
    return text[:2] in ("- ", "![") or len(text.split()) > 6


def said(text):
    """Its numbers and names."""
    return [word for word in re.findall(r"[-+]?\d[\d.,]*\d|\d|[a-z][a-z-]*[a-z](?:-\d+)?", text) if word[-1].isdigit() or word in NAMES]


def same(a, b):
    if a == b:
        return True
    if a[:1] == "|" and b[:1] == "|":
        cells = a.split(" | "), b.split(" | ")
        return len(cells[0]) == len(cells[1]) and all(x == y or is_prose(x) and is_prose(y) and said(x) == said(y) for x, y in zip(*cells))
    return a[:1] == b[:1] and is_prose(a) and is_prose(b) and said(a) == said(b)


def key(text):
    """What tells lines apart, apart from what was measured: of rows the first two cells, of others the words without digits."""
    if text.startswith("|"):
        return tuple(text.split(" | ")[:2])
    return re.sub(r"[-+]?\d[\d.]*", "0", text)


def check_section(heading, lines, expected, not_measured):
    told = [line for line in lines if tells(line.text)]
    expected, heads = list(expected), []
    while told and expected:
        line, wanted = told[0], expected[0]
        if same(line.text, wanted):
            told.pop(0)
            expected.pop(0)
        elif line.text in not_measured:
            told.pop(0)
        elif key(line.text) == key(wanted) or key(wanted) not in map(key, (t.text for t in told)) and \
                key(line.text) not in map(key, expected):
            yield from differences(line, wanted, heads)
            told.pop(0)
            expected.pop(0)
        elif key(line.text) in map(key, expected):
            yield Fault(line.number, f"line {line.number}: '{wanted}' is missing before it")
            expected.pop(0)
        else:
            yield from uncovered(heading, line)
            told.pop(0)
        if wanted.startswith("|") and not heads:
            heads = wanted.split(" | ")
    for line in told:
        if line.text not in not_measured:
            yield from uncovered(heading, line)
    for wanted in expected:
        last = lines[-1].number if lines else 0
        yield Fault(last, f"line {last}: '{wanted}' is missing at the end of '{heading}'")


def uncovered(heading, line):
    yield Fault(line.number, f"line {line.number} is not covered: '{line.text}'; compute it in the checker of '{heading}' "
                             "(tests/cli/recompute/sections.py, sentences.py or curves.py)")


def check(text, expected, not_measured):
    """`expected` has the lines of each section by heading. The faults found, in the order of the page."""
    faults = []
    for heading, (number, lines) in sections(text).items():
        if heading in expected or not heading:
            faults += check_section(heading, lines, expected.get(heading, ()), not_measured)
        else:
            faults.append(Fault(number, f"line {number}: nothing checks the section '{heading}'; add a function for it to "
                                        "tests/cli/recompute/sections.py and name it in SECTIONS"))
    return faults
