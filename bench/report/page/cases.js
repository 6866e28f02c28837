// The table of cases: filters and sorting. C wrote the rows; the numbers to sort by are in the page's data.
const cases = JSON.parse(by_id("data").textContent);
const controls = by_id("controls"), table = by_id("table");
const rows = [...table.tBodies[0].rows];

cases.forEach((c, i) => {
  c.row = rows[i];
  c.words = [c.suite, c.kernel, c.size, c.runner, c.workers, c.setting, c.status].join(" ").toLowerCase();
});

const different = (key, list = cases) => [...new Set(list.map((c) => c[key]))];
const sort_value = (c, key) => (Array.isArray(c[key]) ? c[key][0] : c[key]);

/* What was not measured comes last, whichever way. */
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0);
}

function sort_by(th) {
  const sign = th.getAttribute("aria-sort") === "ascending" ? -1 : 1, key = th.dataset.key;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  th.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
  cases.sort((a, b) => compare(sort_value(a, key), sort_value(b, key), sign));
  table.tBodies[0].append(...cases.map((c) => c.row));
  show_chart();
}

/* Every word has to be somewhere in the row. */
function is_wanted(c) {
  return (!by_id("suite").value || c.suite === by_id("suite").value) &&
    (!by_id("runner").value || c.runner === by_id("runner").value) &&
    by_id("filter").value.toLowerCase().split(/\s+/).every((word) => c.words.includes(word));
}

function filter() {
  for (const c of cases) c.row.hidden = !is_wanted(c);
  const shown = cases.filter((c) => !c.row.hidden).length;
  by_id("count").textContent = `${shown} of ${cases.length} cases`;
  show_chart();
}

function set_up_cases() {
  for (const th of table.tHead.rows[0].cells) {
    const button = element("button", { type: "button" }, th.textContent);
    button.addEventListener("click", () => sort_by(th));
    th.replaceChildren(button);
  }
  for (const key of ["suite", "runner"])
    by_id(key).append(...different(key).sort().map((name) => element("option", { value: name }, name)));
  if (different("suite").includes("scaling")) by_id("suite").value = "scaling";
  controls.addEventListener("input", filter);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("reset", () => setTimeout(filter)); // when the fields are empty
  controls.hidden = by_id("explorer").hidden = false;
}
