#!/usr/bin/env python3
"""report.html, of the example run and of samples with hostile names: what its text has to keep, and then, in a browser, what it
does: sorting, filters, the chart by pointer and by keyboard, themes, a phone, contrast, no request to anywhere. Without Chromium
only the text is looked at, and the test is skipped. Arguments: the program, a scratch folder, the source folder. Screenshots go to
the scratch folder, or to PVT_SCREENSHOTS."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time

import html_checks
import webdriver
from made_samples import row
from checks import check, failed

pvt, scratch, source = (os.path.abspath(a) for a in sys.argv[1:4])
shots = os.environ.get("PVT_SCREENSHOTS") or os.path.join(scratch, "screenshots")


def report(folder):
    """Writes the report; the folder."""
    done = subprocess.run([pvt, "report", "--html", folder], capture_output=True, text=True)
    check(f"{folder}: {done.returncode}, {done.stderr}", done.returncode in (0, 1) and "report.html" in done.stderr)
    return folder


def example():
    folder = os.path.join(scratch, "example")
    os.makedirs(folder)
    for name in ("samples.csv", "env.json"):
        shutil.copy(os.path.join(source, "docs/example", name), folder)
    return report(folder)


HOSTILE = ["<script>window.struck=1</script>", "\"><img src=x onerror=window.struck=1>", "</script><script>window.struck=1</script>",
           "<!--<script>", "' onmouseover='window.struck=1", "&lt;b&gt;&amp;", "__proto__", "]]><script>window.struck=1</script>", "toString",
           "javascript:window.struck=1", "%3Cscript%3Ewindow.struck=1%3C/script%3E", "${window.struck=1}", "W" * 120]
HARMLESS = [f"name{i}" for i in range(len(HOSTILE))]


def made(name, names):
    """A report of samples in which these names are a kernel's, a runner's, a suite's … each, and in env.json."""
    folder = os.path.join(scratch, name)
    os.makedirs(folder)
    columns = [c["name"] for c in json.loads(subprocess.run([pvt, "list", "columns", "--json"], capture_output=True, check=True).stdout)]
    rows = []
    for invocation in range(7):
        for i, text in enumerate(names):
            for runner, ns in (("seq", 2e6), ("pthread", 1e6), ("fork", 1.1e6), (names[i - 1], 1.2e6)):
                rows.append(row(columns, kernel=text, runner=runner, workers=1 if runner == "seq" else 2, placement=text, schedule=text,
                                run_id=f"{invocation + 1}-2-0", ns=ns * (1 + invocation / 100), size=i + 1))
            rows.append(row(columns, suite=text, kernel="spin", run_id=f"{invocation + 1}-2-0", work_unit=text))
            rows.append(row(columns, kernel="failing", size=i + 1, status="crashed", why=text, run_id=f"{invocation + 1}-2-0"))
    with open(os.path.join(folder, "samples.csv"), "w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, columns, lineterminator="\r\n")
        table.writeheader()
        table.writerows(rows)
    text = names[0] + names[1]
    env = {"command": names, "seed": text, "machine": {k: text for k in ("cpu", "cores", "pus", "os", "kernel", "virtual")},
           "doctor": [dict.fromkeys(("name", "state", "value", "why", "mend"), text)], "python": {"version": text}}
    with open(os.path.join(folder, "env.json"), "w", encoding="utf-8") as out:
        json.dump(env, out)
    return report(folder)


# ---- in the browser

def opened(b, folder, width=1200, height=900, scheme="light"):
    b.viewport(width, height)
    b.prefer(scheme)
    b.open(os.path.join(folder, "report.html"))


def shown_rows(b):
    return b.run("return [...document.querySelectorAll('#table tbody tr')].filter(r => r.checkVisibility())"
                 ".map(r => [...r.cells].map(c => c.innerText))")


def tip(b):
    return b.run("const t = document.getElementById('tip'); return t.checkVisibility() ? t.innerText : ''")


def in_ns(text):
    """'1.04 ms' as a number; what was not measured is more than any."""
    number = re.match(r"([\d.]+) (ns|µs|ms|s)\b", text)
    return float(number[1]) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[number[2]] if number else float("inf")


def ratio_of(text):
    """As in_ns."""
    number = re.match(r"[\d.]+", text)
    return float(number[0]) if number else float("inf")


def table_sorts(b):
    for title, column, value in (("Wall", 6, in_ns), ("Kernel", 1, str), ("Workers", 4, int), ("Wall speedup", 9, ratio_of), ("Status", 11, str)):
        before = sorted(map(tuple, shown_rows(b)))
        b.run("[...document.querySelectorAll('#table thead button')].find(x => x.textContent === arguments[0]).focus()", title)
        for key, direction in (("\ue007", "ascending"), (" ", "descending")):
            b.keys(key)
            rows = shown_rows(b)
            values = [value(r[column]) for r in rows]
            known = [v for v in values if v != float("inf")]
            check(f"sorted by {title}, {direction}: {values[:8]}", known == sorted(known, reverse=direction == "descending") and
                  values[:len(known)] == known and len(set(values)) > 1 and sorted(map(tuple, rows)) == before)
            told = b.run("return [...document.querySelectorAll('#table th[aria-sort]')].map(t => [t.textContent, t.getAttribute('aria-sort')])")
            check(f"aria-sort: {told}", told == [[title, direction]])


def table_filters(b):
    total = len(html_checks.read(os.path.join(scratch, "example"), "summary.csv"))
    b.run("document.querySelector('#controls button[type=reset]').click()")
    time.sleep(0.1)
    check("all cases", len(shown_rows(b)) == total and b.run("return document.getElementById('count').textContent") == f"{total} of {total} cases")
    b.run("document.getElementById('filter').focus()")
    b.keys(*"MATMUL fork")
    rows = shown_rows(b)
    check(f"filtered by words: {rows[:2]}", rows and all("matmul" in r and "fork" in r[3] for r in map(list, rows)))
    check("what is shown is counted", b.run("return document.getElementById('count').textContent") == f"{len(rows)} of {total} cases")
    for field, column, value in (("runner", 3, "fork-pool"), ("suite", 0, "pool")):
        b.run("document.querySelector('#controls button[type=reset]').click()")
        time.sleep(0.1)
        b.run("const f = document.getElementById(arguments[0]); f.value = arguments[1]; f.dispatchEvent(new Event('input', {bubbles: true}))", field, value)
        rows = shown_rows(b)
        check(f"filtered by {field}: {rows[:2]}", rows and {r[column] for r in rows} == {value})
    b.run("document.querySelector('#controls button[type=reset]').click()")


def marks(b, runner=None):
    return b.run("return [...document.querySelectorAll('#chart .mark')].filter(m => m.checkVisibility() && (!arguments[0] || m.dataset.runner === "
                 "arguments[0])).map(m => m.getAttribute('aria-label'))", runner)


def chart_switches(b):
    opened(b, os.path.join(scratch, "example"))
    before, fork = marks(b), marks(b, "fork")
    b.run("document.querySelector('#series input[value=fork]').focus()")
    b.keys(" ")
    check(f"{len(fork)} of {len(before)} marks are fork's, and vanish; {len(marks(b))} are left", fork and not marks(b, "fork") and
          len(marks(b)) == len(before) - len(fork) and marks(b, "fork-pool"))
    check("the table keeps its rows", any(r[3] == "fork" for r in shown_rows(b)))
    b.keys(" ")
    check("and come back", marks(b) == before)
    for key in b.run("return [...document.getElementById('measure').options].map(o => o.value)"):
        b.run("const f = document.getElementById('measure'); f.value = arguments[0]; f.dispatchEvent(new Event('input', {bubbles: true}))", key)
        for _ in range(2):
            b.run("document.getElementById('log').click()")
            off = b.run("const c = document.querySelector('#chart svg:last-child').getBoundingClientRect(); return [...document.querySelectorAll('#chart .halo')]"
                        ".filter(h => { const r = h.getBoundingClientRect(); return !(r.left >= c.left && r.right <= c.right + 1); }).length")
            check(f"{key}: {off} marks are outside", off == 0 and marks(b))


def number_of(ratio):
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


def chart_tells(b):
    """Each mark's words are those of summary.csv; pointer and keyboard show them."""
    opened(b, os.path.join(scratch, "example"))
    wanted = {f"{c['kernel']} {c['size']}, {c['workers']} worker{'s' * (c['workers'] != '1')}: {c['runner']}: " +
              f"{number_of(float(c['speedup']))}; " +
              (f"interval {number_of(float(c['speedup_low']))} to {number_of(float(c['speedup_high']))}" if c["speedup_low"] else "no interval")
              for c in html_checks.read(os.path.join(scratch, "example"), "summary.csv") if c["suite"] == "scaling" and c["speedup"]}
    told = {re.sub(r"; \d+ invocations?, .*", "", label) for label in marks(b)}
    check(f"marks and summary.csv: {list(wanted ^ told)[:4]}", wanted == told and len(wanted) > 50)
    check(f"invocations: {marks(b)[0]}", all(re.search(r"; \d+ invocations?, \d+ samples", m) for m in marks(b)))
    check("a tip without a reason", tip(b) == "")
    b.point('#chart .mark[data-runner="fork"] .halo')
    label = b.run("return document.querySelector('#chart .mark[data-runner=\"fork\"]').getAttribute('aria-label')")
    check(f"the tip under the pointer: {tip(b)!r}", tip(b) and all(part in tip(b) for part in label.replace(": fork", "; fork").split("; ")))
    b.point("#chart-title")
    check("the tip goes with the pointer", tip(b) == "")
    b.run("[...document.querySelectorAll('#series input')].at(-1).focus()")
    seen = []
    for key in ("\ue004", "\ue014", "\ue015", "\ue012", "\ue013", "\ue010", "\ue011"):  # Tab, right, down, left, up, End, Home
        b.keys(key)
        here = b.run("const e = document.activeElement; return [e.getAttribute('aria-label'), e.dataset.runner, getComputedStyle(e.querySelector('.halo') || e).stroke]")
        check(f"key {key!r}: {here} and the tip {tip(b)!r}", here[0] and here[1] and here[2] != "none" and here[0].split("; ")[1] in tip(b))
        seen.append(here[:2])
    first = marks(b)
    check(f"the way of the keys: {seen}", seen[0][0] == first[0] and seen[1][0] == first[1] and seen[2][1] == seen[1][1] and seen[2][0] != seen[1][0] and
          seen[5][0] == first[-1] and seen[6][0] == first[0])
    b.keys("\ue00c")
    check("Escape closes the tip", tip(b) == "")


CONTRAST = """
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
function paper(e) {
  for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; }
  return [255, 255, 255];
}
const worst = {};
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('option, script') || !e.checkVisibility({opacityProperty: true})) continue;
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.tagName !== 'INPUT') continue;
  const style = getComputedStyle(e), ink = light(rgb(e instanceof SVGElement ? style.fill : style.color)), ground = light(paper(e));
  const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05), name = e.tagName + '.' + (e.getAttribute('class') || '');
  worst[name] = Math.min(worst[name] || 99, ratio);
}
return worst;"""


def looks(b, folder):
    """Both themes, by the system's wish and by the button: contrast. On a phone nothing is wider than the page."""
    paper = "return getComputedStyle(document.body).backgroundColor"
    for scheme, other in (("light", "dark"), ("dark", "light")):
        opened(b, folder, scheme=scheme)
        found = {}
        for theme in (scheme, other):
            found[theme] = b.run(paper)
            contrast = b.run(CONTRAST)
            bad = {k: round(v, 2) for k, v in contrast.items() if v < 4.5}
            turned = b.run("return getComputedStyle(document.querySelector('figure img')).filter")
            check(f"{theme}: the plots' filter is {turned}", (turned != "none") == (theme == "dark"))
            check(f"{theme}: contrast {bad}", not bad and len(contrast) > 20)
            b.run("document.getElementById('theme').click()")
        check(f"{scheme}: {found}", found == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 24, 28)"})
    for width in (320, 390, 800, 1300, 2560):
        opened(b, folder, width, 740)
        wide = b.run("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        check(f"at {width} px the page is {wide}", wide[0] <= wide[1])
        folded = b.run("return [...document.querySelectorAll('details.plot')].map(d => d.open)")
        check(f"at {width} px plots are open: {folded}", not folded or set(folded) == {width >= 800})
    if folder.endswith("example"):
        opened(b, folder, 1300, 900)
        clipped = b.run("const t = document.querySelector('#table thead th:last-child').getBoundingClientRect(); "
                        "return t.right - document.getElementById('table').parentElement.getBoundingClientRect().right")
        check(f"at 1300 px the last column ends {clipped} px outside of the table's box", clipped <= 0)
    opened(b, folder, 360, 740)
    target = b.run("const d = [...document.querySelectorAll('details.plot')].at(-1); if (d) location.hash = d.id; return d && d.id")
    time.sleep(0.1)
    check("a link to a folded plot opens it", not target or b.run("return document.getElementById(arguments[0]).open", target))


def on_paper_and_without_script(b, folder):
    opened(b, folder)
    b.devtools("Emulation.setEmulatedMedia", media="print")
    there = b.run("const v = (q) => { const e = document.querySelector(q); return e && e.checkVisibility(); };"
                  "return ['.claim', '#table tr:not([hidden]) th[scope=row]', '#controls', '#theme', 'nav', '#chart-controls'].map(v)")
    check(f"on paper: {there}", there == [True, True, False, False, False, False])
    b.devtools("Emulation.setEmulatedMedia", media="")
    b.devtools("Emulation.setScriptExecutionDisabled", value=True)
    opened(b, folder)
    b.devtools("Emulation.setScriptExecutionDisabled", value=False)
    there = b.run("const v = (q) => { const e = document.querySelector(q); return e && e.checkVisibility(); };"
                  "return ['.claim', '#table tbody th', 'figure img', '#controls', '#theme', '#explorer'].map(v)")
    check(f"without script: {there}", there == [True, True, True, False, False, False])
    check("without script every row is there", len(shown_rows(b)) == len(html_checks.read(folder, "summary.csv")))


def asks_nobody(b, folder):
    """No request but for the file itself; no error and no breach of the policy on the console; nothing of a name was run."""
    b.log("performance"), b.log("browser")
    opened(b, folder)
    urls = [m["params"]["request"]["url"] for m in (json.loads(e["message"])["message"] for e in b.log("performance"))
            if m["method"] == "Network.requestWillBeSent"]
    check(f"requests: {[u[:80] for u in urls if not u.startswith('data:image/svg')]}", urls and
          [u for u in urls if not u.startswith("data:image/svg+xml,")] == ["file://" + os.path.join(folder, "report.html")])
    broken = b.run("return [...document.images].filter(i => !i.complete || i.naturalWidth < 300).length")
    check(f"{broken} plots are not drawn", broken == 0 and b.run("return document.images.length") > 3)
    for field in ("suite", "runner"):
        for i in range(b.run("return document.getElementById(arguments[0]).options.length", field)):
            b.run("const f = document.getElementById(arguments[0]); f.selectedIndex = arguments[1]; f.dispatchEvent(new Event('input', {bubbles: true}))", field, i)
            if marks(b):
                b.run("document.querySelector('#chart .mark').dispatchEvent(new Event('focus'))")
        b.run("document.getElementById(arguments[0]).selectedIndex = 0", field)
    check("a name was run", b.run("return window.struck === undefined"))
    console = [e["message"][:200] for e in b.log("browser")]
    check(f"the console says {console}", not console)


def take_pictures(b, folder):
    os.makedirs(shots, exist_ok=True)
    for name, width, height, scheme in (("desktop", 1200, 900, "light"), ("dark", 1200, 900, "dark"), ("phone", 360, 740, "light")):
        opened(b, folder, width, height, scheme)
        for place in ("main", "chart-title", "table-title", "figures", "machine"):
            b.run("document.getElementById(arguments[0]).scrollIntoView({behavior: 'instant'})", place)
            b.screenshot(os.path.join(shots, f"{name}-{place}.png"))
    b.print(os.path.join(shots, "print.pdf"))


def text_is_well(folder):
    page = html_checks.Page(os.path.join(folder, "report.html"))
    for faults in (html_checks.loads_nothing(page), html_checks.is_accessible(page), html_checks.has_everything(page, folder),
                   html_checks.has_the_plots_colours(page, os.path.join(source, "plots/style.gp"))):
        for fault in faults:
            check(f"{folder}: {fault}", False)
    return page


def main():
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    folders = {"example": example(), "hostile": made("hostile", HOSTILE), "harmless": made("harmless", HARMLESS)}
    pages = {name: text_is_well(folder) for name, folder in folders.items()}
    kinds = {name: sorted((e.tag, *sorted(e.attributes)) for e in page.elements) for name, page in pages.items()}
    check("a hostile name became markup", kinds["hostile"] == kinds["harmless"])
    names = {e.text for e in pages["hostile"].all("th", "td")}
    check(f"names are not shown as they are: {[n for n in HOSTILE if n not in names]}", names.issuperset(HOSTILE))
    size = len(pages["example"].source.encode())
    check(f"the example's page has {size} bytes", size < 3e6)
    if webdriver.missing():
        print(f"SKIPPED: there is no {webdriver.missing()}; only the page's text was looked at")
        return bool(failed) or 77
    with webdriver.Browser() as b:
        for name in ("example", "hostile"):
            asks_nobody(b, folders[name])
            looks(b, folders[name])
        opened(b, folders["example"])
        table_sorts(b)
        table_filters(b)
        chart_switches(b)
        chart_tells(b)
        take_pictures(b, folders["example"])
        on_paper_and_without_script(b, folders["example"])
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
