// What the page can do beyond being read: the theme's button, plots that are folded on a phone and open on paper.
"use strict";

const by_id = (id) => document.getElementById(id);

/* All text goes in as text: nothing that samples say can become markup. */
function element(name, attributes = {}, text = "", namespace = "") {
  const e = namespace ? document.createElementNS(namespace, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text) e.textContent = text;
  return e;
}

function set_up_theme() {
  const button = by_id("theme"), root = document.documentElement, prefers = matchMedia("(prefers-color-scheme: dark)");
  const is_dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefers.matches);
  const tell = () => { button.textContent = is_dark() ? "Light page" : "Dark page"; };
  button.addEventListener("click", () => { root.dataset.theme = is_dark() ? "light" : "dark"; tell(); });
  prefers.addEventListener("change", tell);
  button.hidden = false;
  tell();
}

function set_up_plots() {
  const plots = [...document.querySelectorAll("details.plot")];
  const open_only = (id) => { const target = by_id(id), folded = target && target.closest("details"); if (folded) folded.open = true; };
  let before = null;
  if (matchMedia("(max-width: 40rem)").matches) plots.forEach((plot) => { plot.open = false; });
  addEventListener("hashchange", () => open_only(location.hash.slice(1)));
  addEventListener("beforeprint", () => { before = plots.map((p) => p.open); plots.forEach((p) => { p.open = true; }); });
  addEventListener("afterprint", () => before.forEach((open, i) => { plots[i].open = open; }));
}

/* 12.3 ms: three digits, as the tables have it; or as short as it is, for an axis. */
function show_number(value, units, short = false) {
  let i = 0;
  while (i + 1 < units.length && Math.abs(value) >= 999.5 * units[i][0]) i++;
  const scaled = value / units[i][0], size = Math.abs(scaled);
  return (short ? Number(scaled.toPrecision(3)) : scaled.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)) + (scaled || !short ? units[i][1] : "");
}

set_up_theme();
set_up_plots();
