"""What a report.html has to keep, told from its text alone: it asks no host for anything, lets nothing in but its own style and
script, and can be read without them. Each check gives the faults that it found."""
import base64
import collections
import csv
import hashlib
import html.parser
import os
import re
import urllib.parse
import xml.dom.minidom

VOID = {"meta", "img", "input", "br", "hr", "link", "base"}


class Page(html.parser.HTMLParser):
    """Elements in order: tag, attributes, and all text inside."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.elements, self.faults, self.stack = [], [], []
        with open(path, encoding="utf-8") as file:
            self.source = file.read()
        self.feed(self.source)
        self.close()
        if self.stack:
            self.faults.append(f"not closed: {[e.tag for e in self.stack]}")

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes), [e.tag for e in self.stack], self.stack[-1] if self.stack else None)
        self.elements.append(element)
        if len(attributes) != len(element.attributes):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag not in VOID:
            self.stack.append(element)

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1].tag != tag:
            self.faults.append(f"</{tag}> closes {self.stack[-1].tag if self.stack else 'nothing'}")
        else:
            self.stack.pop()

    def handle_data(self, data):
        for element in self.stack:
            element.text += data

    def handle_comment(self, data):
        self.faults.append(f"a comment: {data[:40]}")

    def all(self, *tags):
        return [e for e in self.elements if e.tag in tags]


class Element:
    def __init__(self, tag, attributes, above, parent):
        self.tag, self.attributes, self.above, self.parent, self.text = tag, attributes, above, parent, ""

    def get(self, name):
        return self.attributes.get(name) or ""


def loads_nothing(page):
    yield from page.faults
    policy = next((e.get("content") for e in page.all("meta") if e.get("http-equiv") == "Content-Security-Policy"), "")
    allowed = dict(part.split(" ", 1) for part in policy.split("; ") if " " in part)
    sha = {kind: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for kind, text in (
        ("style", page.all("style")[0].text), ("script", [e for e in page.all("script") if not e.get("type")][0].text))}
    wanted = {"default-src": "'none'", "img-src": "data:", "style-src": f"'sha256-{sha['style']}'", "script-src": f"'sha256-{sha['script']}'",
              "base-uri": "'none'", "form-action": "'none'"}
    if allowed != wanted:
        yield f"the policy is {policy}"
    first = page.elements[:4]
    if [e.tag for e in first] != ["html", "head", "meta", "meta"] or first[3].get("http-equiv") != "Content-Security-Policy":
        yield "something stands before the policy"
    if len(page.all("style")) != 1 or [e.get("type") for e in page.all("script")] != ["application/json", ""]:
        yield "other styles or scripts than one each, and the data"
    for e in page.elements:
        for name, value in e.attributes.items():
            if name.startswith("on") or name in ("style", "srcset", "action", "formaction", "ping", "background", "poster"):
                yield f"<{e.tag}> has {name}"
            if name == "src" and not value.startswith("data:image/svg+xml,") or name == "href" and not value.startswith("#"):
                yield f"<{e.tag} {name}={value[:60]}>"
    for e in page.all("link", "base", "iframe", "object", "embed", "video", "audio"):
        yield f"<{e.tag}>"
    if re.search(r"url\(|@import", page.all("style")[0].text):
        yield "the style refers to a file"


def is_accessible(page):
    ids = collections.Counter(e.get("id") for e in page.elements if "id" in e.attributes)
    yield from (f"id {name} {n} times" for name, n in ids.items() if n > 1)
    for e in page.elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            yield from (f"{name}={i} refers to nothing" for i in e.get(name).split() if i not in ids)
        if e.tag == "a" and e.get("href")[1:] not in ids:
            yield f"link to {e.get('href')}, which is not there"
    levels = [int(e.tag[1]) for e in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1 or levels[0] != 1 or any(b > a + 1 for a, b in zip(levels, levels[1:])):
        yield f"the headings' levels are {levels}"
    if any(len(page.all(tag)) != 1 for tag in ("header", "main", "footer", "nav", "title")) or page.elements[0].get("lang") != "en":
        yield "a landmark, the title or the language is missing"
    body = page.elements.index(page.all("body")[0])
    if page.elements[body + 1].get("href") != "#main":
        yield "the first link does not skip to the content"
    yield from ("an image without alt" for e in page.all("img") if len(e.get("alt")) < 10)
    for table in page.all("table"):
        inside = [e for e in page.elements if table.tag in e.above]
        if not any(e.tag == "caption" and e.text and e.parent is table for e in inside):
            yield "a table without a caption"
    yield from (f"<th>{e.text}</th> without scope" for e in page.all("th") if e.get("scope") not in ("col", "row"))
    yield from ("a box that scrolls cannot be reached or has no name" for e in page.all("div") if "scroll" in e.get("class").split()
                and not (e.get("tabindex") == "0" and e.get("role") == "region" and (e.get("aria-label") or e.get("aria-labelledby"))))
    for e in page.all("input", "select"):
        if "label" not in e.above:
            yield f"<{e.tag} id={e.get('id')}> without a label"


def read(folder, name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def sentence(text):
    return text[:1].upper() + text[1:] + "." if text else ""


def has_everything(page, folder):
    """Verdicts, cases and plots are those of the other files of the run folder, without any script."""
    claims, cases = read(folder, "claims.csv"), read(folder, "summary.csv")
    with open(os.path.join(folder, "RESULTS.md"), encoding="utf-8") as file:
        doubts = next(line for line in file.read().splitlines() if line.startswith("**What to doubt first.** "))
    if [e.text for e in page.all("p") if e.get("id") == "doubts"] != [doubts.replace("**", "").replace("\\", "")]:
        yield f"it does not say first what to doubt, as RESULTS.md does: {doubts}"
    articles = page.all("article")
    measured = [c for c in claims if c["verdict"] != "not measured"]
    missing = [c for c in claims if c["verdict"] == "not measured"]
    if [e.get("id") for e in articles] != [c["id"] for c in measured] or not claims:
        yield "other claims than in claims.csv"
    rows = [e.text for e in page.all("tr") if "details" in e.above and "tbody" in e.above]
    if len(rows) != len(missing) or any(c["claim"] not in row or c["reason"] not in row for c, row in zip(missing, rows)):
        yield f"what was not measured is not in a table: {rows}"
    for e, c in zip(articles, measured):
        if not all(t in e.text for t in (c["verdict"], c["claim"], sentence(c["measured"]), c["reason"][1:], c["command"], c["stamps"])):
            yield f"{c['id']} lacks a part of claims.csv"
    rows = [e for e in page.all("tr") if "tbody" in e.above and e.parent.parent.get("id") == "table"]
    if len(rows) != len(cases) or not cases:
        yield f"{len(rows)} rows of {len(cases)} cases"
    cells = collections.defaultdict(list)
    for e in page.all("td", "th"):
        cells[id(e.parent)].append(e.text)
    for row, c in zip(rows, cases):
        shown = cells[id(row)]
        if shown[:5] != [c["suite"], c["kernel"], c["size"], c["runner"], c["workers"]]:
            yield f"row {shown[:5]} is not {c['suite']}/{c['kernel']}"
        if c["speedup"] and float(shown[8].split()[0]) != float(f"{float(c['speedup']):.2f}"):
            yield f"{shown[:5]}: speedup {shown[8]}, not {c['speedup']}"
        if c["wall_speedup"] and float(shown[9].split()[0]) != float(f"{float(c['wall_speedup']):.2f}"):
            yield f"{shown[:5]}: speedup of the whole job {shown[9]}, not {c['wall_speedup']}"
    yield from has_plots(page, folder)


def has_plots(page, folder):
    plots = {name[:-4] for name in os.listdir(os.path.join(folder, "plots")) if name.endswith(".svg")}
    shown = [e.get("id")[7:] for e in page.all("details") if e.get("id")]
    if collections.Counter(shown) != collections.Counter(plots):
        yield f"plots {sorted(shown)}, not {sorted(plots)}"
    for e in page.all("img"):
        drawn = xml.dom.minidom.parseString(urllib.parse.unquote(e.get("src").split(",", 1)[1]))
        text = " ".join("".join(n.data for n in t.childNodes if n.nodeType in (n.TEXT_NODE, n.CDATA_SECTION_NODE)) for t in drawn.getElementsByTagName("text"))
        if e.get("alt")[:30].split(" ", 2)[:2] != text[:30].split(" ", 2)[:2]:
            yield f"the alt text is not the plot's title: {e.get('alt')[:40]}; {text[:40]}"


def has_the_plots_colours(page, style):
    """A runner has the colour of plots/style.gp."""
    with open(style, encoding="utf-8") as file:
        text = file.read()
    wanted = re.findall(r"0x([0-9A-F]{6})", text[text.index("style_rgb"):text.index("# The same as letters")])
    found = dict(re.findall(r"\.s(\d+) \{ color: light-dark\(#([0-9A-Fa-f]{6})", page.all("style")[0].text))
    names = re.findall(r'"([a-z-]+)"', re.search(r"style_name\[11\] = \[(.*)\]", text).group(1))
    numbers = {name: int(n) for name, n in re.findall(r'"?([a-z-]+)"?: \[(\d+),', page.all("script")[1].text)}
    if [found.get(str(i + 1), "").upper() for i in range(15)] != wanted or len(wanted) != 15:
        yield f"the colours are {found}, not {wanted}"
    if any(numbers.get(name) != i + 1 for i, name in enumerate(names)) or len(names) != 11:
        yield f"the runners' numbers are {numbers}, not those of {names}"
