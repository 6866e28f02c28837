// The chart of the cases that are shown: a row a kernel, size and number of workers; a mark a runner, its interval a line.
// SVG elements, not a canvas: each mark can be reached by keyboard, and says its value to a screen reader.
const SVG = "http://www.w3.org/2000/svg";
const times = [[1, " ns"], [1e3, " µs"], [1e6, " ms"], [1e9, " s"]], plain = [[1, ""]], kib = [[1, " KiB"]];
const measures = {
  speedup: { label: "speedup of the work (span)", units: plain }, wall_speedup: { label: "speedup of the whole job (wall)", units: plain },
  span: { label: "time of the work (span)", units: times, log: true }, wall: { label: "time of the whole job (wall)", units: times, log: true },
  create: { label: "time in the launch call", units: times, log: true }, pss: { label: "memory that workers add (PSS)", units: kib },
};
// As in plots/style.gp: the number is that of the colour, the path its point.
const dot = "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z", square = "M-4,-4h8v8h-8z", up = "M0,-5L5,4H-5z", down = "M0,5L5,-4H-5z";
const looks = { seq: [1, "M-4,-4L4,4M4,-4L-4,4"], pthread: [2, dot], "pthread-pool": [3, dot, true], openmp: [4, up], fork: [5, square],
  "fork-pool": [6, square, true], spawn: [7, "M0,-5L5,0L0,5L-5,0z"], mpi: [8, down], "pthread-steal": [9, up], "fork-steal": [10, down],
  forkserver: [11, "M0,-5L5,0L0,5L-5,0z", true] };
const STEP = 9, ROWS = 80, PAD = 16;
const svg_element = (name, attributes, text) => element(name, attributes, text, SVG);
const hidden_series = new Set();

function look_of(runner) {
  const known = different("runner").filter((name) => !Object.hasOwn(looks, name)).sort(); // strangers take the spare looks in turn
  return Object.hasOwn(looks, runner) ? looks[runner] : [12 + (known.indexOf(runner) % 4), "M0,-5L4,4L-5,-2H5L-4,4z"];
}

function symbol(runner) {
  const [, path, hollow] = look_of(runner);
  return svg_element("path", { d: path, "stroke-width": 1.5, stroke: "currentColor", fill: hollow ? "none" : "currentColor" });
}

const group_by = (list, name) => list.reduce((groups, c) => groups.set(name(c), [...(groups.get(name(c)) || []), c]), new Map());

/* The chart's rows; one that would have a runner twice is divided by how the case was run. */
function group(shown) {
  const with_suite = different("suite", shown).length > 1, rows_of = new Map();
  const name = (c) => `${with_suite ? `${c.suite}, ` : ""}${c.kernel} ${c.size}, ${c.workers} worker${c.workers === 1 ? "" : "s"}`;
  for (const [title, list] of group_by(shown, name)) {
    list.sort((a, b) => look_of(a.runner)[0] - look_of(b.runner)[0]);
    const divided = different("runner", list).length < list.length;
    for (const [key, part] of group_by(list, (c) => (divided ? `${title}, ${c.setting}` : title))) rows_of.set(key, part);
  }
  return rows_of;
}

/* Where a value lies, and which values the axis names. */
function make_scale(values, log, from, to) {
  const known = values.filter((v) => v > 0);
  let low = log ? Math.min(...known) : Math.min(0, ...values), high = Math.max(...(log ? known : values)), ticks = [];
  if (log) {
    const least = 10 ** Math.floor(Math.log10(low)), most = 10 ** Math.ceil(Math.log10(high * 1.0001));
    for (let v = least; v <= most * 1.0001; v *= 10) ticks.push(v);
    low = least; high = most;
  } else {
    const rough = (high - low) / 5 || 1, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((s) => s * power >= rough) * power;
    for (let i = Math.floor(low / step); (i - 1) * step < high; i++) ticks.push(i * step);
    low = ticks[0]; high = ticks[ticks.length - 1];
  }
  const share = (v) => (log ? Math.log(Math.max(v, low) / low) / Math.log(high / low) : (v - low) / (high - low));
  const thin = Math.ceil(ticks.length / Math.max(2, (to - from) / 60)); // no two names on each other
  return { x: (v) => from + share(v) * (to - from), ticks: ticks.filter((_, i) => i % thin === 0) };
}

function tell(c, key) {
  const { units } = measures[key], [value, low, high, n] = c[key];
  const interval = low === null ? "no interval" : `interval ${show_number(low, units)} to ${show_number(high, units)}`;
  return [`${c.runner}: ${show_number(value, units)}`, interval, `${n} invocation${n === 1 ? "" : "s"}, ${c.samples} samples${c.status === "ok" ? "" : `, ${c.status}`}`];
}

function show_tip(mark, title, lines) {
  const tip = by_id("tip"), box = mark.getBoundingClientRect(), frame = by_id("explorer").getBoundingClientRect();
  tip.replaceChildren(element("b", {}, title), ...lines.map((line) => element("span", {}, line)));
  tip.hidden = false;
  tip.style.left = `${Math.max(0, Math.min(box.left - frame.left + 12, frame.width - tip.offsetWidth))}px`;
  tip.style.top = `${box.bottom - frame.top + 6}px`;
}
const hide_tip = () => { by_id("tip").hidden = true; };

function draw_mark(c, key, title, scale, y) {
  const [value, low, high] = c[key], lines = tell(c, key), x = scale.x(value);
  const mark = svg_element("g", { class: `mark s${look_of(c.runner)[0]}`, role: "img", tabindex: -1, "aria-label": `${title}: ${lines.join("; ")}`, "data-runner": c.runner });
  if (low !== null) mark.append(svg_element("path", { d: `M${scale.x(low)},${y}H${scale.x(high)}`, "stroke-width": 2, fill: "none" }));
  const point = symbol(c.runner);
  point.setAttribute("transform", `translate(${x},${y})`);
  mark.append(point, svg_element("circle", { class: "halo", cx: x, cy: y, r: 8 }));
  for (const event of ["pointerenter", "focus"]) mark.addEventListener(event, () => show_tip(mark, title, lines));
  for (const event of ["pointerleave", "blur"]) mark.addEventListener(event, hide_tip);
  return mark;
}

/* One mark can be reached by Tab; the arrows go to the next one, or to the same runner's in the next row. */
function move_focus(event) {
  const marks = [...by_id("chart").querySelectorAll(".mark")], at = marks.indexOf(document.activeElement);
  const like = (list) => list.find((m) => m.dataset.runner === marks[at].dataset.runner);
  const to = { ArrowRight: () => marks[at + 1], ArrowLeft: () => marks[at - 1], Home: () => marks[0], End: () => marks.at(-1),
    ArrowDown: () => like(marks.slice(at + 1)), ArrowUp: () => like(marks.slice(0, at).reverse()) }[event.key];
  if (event.key === "Escape") hide_tip();
  if (at < 0 || !to) return;
  event.preventDefault();
  const next = to();
  if (!next) return;
  marks[at].setAttribute("tabindex", -1);
  next.setAttribute("tabindex", 0);
  next.focus();
}

function draw_axis(scale, key, log, width) {
  const axis = svg_element("svg", { class: "axis", width, height: 42, role: "img", "aria-label": `Axis: ${measures[key].label}${log ? ", logarithmic" : ""}` });
  axis.append(svg_element("text", { x: PAD, y: 16 }, measures[key].label + (log ? ", logarithmic" : "")));
  for (const v of scale.ticks) axis.append(svg_element("text", { x: scale.x(v), y: 35, "text-anchor": "middle" }, show_number(v, measures[key].units, true)));
  return axis;
}

/* A name in one or two lines of n characters; a mark's words have all of it. */
function lines_of(text, n) {
  const cut = text.length > n ? text.lastIndexOf(", ", n) : -1;
  const fit = (part) => (part.length > n ? `${part.slice(0, n / 2)}…${part.slice(1 - n / 2)}` : part);
  return (cut < 0 ? [text] : [text.slice(0, cut), text.slice(cut + 2)]).map(fit);
}

function draw(groups, key, log, width) {
  const wide = width > 560, left = wide ? Math.min(280, width * 0.4) : PAD + 8;
  const values = [...groups.values()].flat().flatMap((c) => c[key].slice(0, 3)).filter((v) => v !== null);
  const scale = make_scale(values, log, left, width - 40);
  const body = svg_element("svg", { width, role: "group", "aria-labelledby": "chart-title", "aria-describedby": "chart-hint" });
  let y = 4;
  for (const [title, list] of groups) {
    const names = lines_of(title, (wide ? left : width - PAD) / 7), top = wide ? 8 : 10 + 14 * names.length;
    body.append(svg_element("path", { class: "grid", d: `M0,${y}H${width}` }),
      ...names.map((name, i) => svg_element("text", { x: PAD, y: y + 14 + 14 * i }, name)));
    list.forEach((c, i) => body.append(draw_mark(c, key, title, scale, y + top + STEP * (i + 0.5))));
    y += Math.max(top + STEP * list.length + 8, 14 + 14 * names.length);
  }
  body.setAttribute("height", y);
  const guides = scale.ticks.map((v) => svg_element("path", { class: v === 1 && key.endsWith("speedup") ? "one" : "grid", d: `M${scale.x(v)},0V${y}` }));
  body.prepend(...guides);
  body.querySelector(".mark").setAttribute("tabindex", 0);
  by_id("chart").replaceChildren(draw_axis(scale, key, log, width), body);
}

function show_chart() {
  const key = by_id("measure").value, log = by_id("log").checked;
  const filtered = cases.filter((c) => !c.row.hidden && c[key] && (!log || c[key][0] > 0));
  const all = group(filtered.filter((c) => !hidden_series.has(c.runner))), groups = new Map([...all].slice(0, ROWS));
  show_series(different("runner", filtered));
  hide_tip();
  by_id("chart-note").textContent = !all.size ? "None of the cases that are shown has this figure." :
    all.size > ROWS ? `The first ${ROWS} of ${all.size} rows: filter for others.` : "";
  if (all.size) draw(groups, key, log, by_id("chart").clientWidth);
  else by_id("chart").replaceChildren();
}

/* The legend, which switches the series. */
function show_series(runners) {
  const order = [...runners].sort((a, b) => look_of(a)[0] - look_of(b)[0]), field = by_id("series");
  if (order.join("\n") === field.dataset.runners) return;
  field.dataset.runners = order.join("\n");
  field.replaceChildren(field.querySelector("legend"), ...order.map((runner) => {
    const label = element("label"), box = element("input", { type: "checkbox", value: runner });
    const swatch = svg_element("svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true", class: `s${look_of(runner)[0]}` });
    box.checked = !hidden_series.has(runner);
    swatch.append(symbol(runner));
    label.append(box, swatch, element("span", {}, runner));
    return label;
  }));
}

function set_up_chart() {
  const has = (key) => cases.some((c) => c[key]);
  const keys = Object.keys(measures).filter(has), form = by_id("chart-controls");
  by_id("measure").append(...keys.map((key) => element("option", { value: key }, measures[key].label)));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target.id === "measure") by_id("log").checked = Boolean(measures[event.target.value].log);
    if (event.target.closest("#series")) hidden_series[event.target.checked ? "delete" : "add"](event.target.value);
    show_chart();
  });
  by_id("log").checked = Boolean(keys.length && measures[keys[0]].log);
  by_id("chart").addEventListener("keydown", move_focus);
  addEventListener("resize", show_chart);
}

set_up_cases();
set_up_chart();
if (cases.length && by_id("measure").value) filter();
