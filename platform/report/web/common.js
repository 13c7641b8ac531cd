/* SPDX-License-Identifier: Apache-2.0 */
"use strict";

/* Numbers with units, as the command line prints them. */
const digits = (value) => {
  const size = Math.abs(value);
  if (size >= 999.95) return value.toFixed(0);
  return value.toFixed(size >= 99.995 ? 1 : size >= 9.9995 ? 2 : 3);
};
const scaled = (value, factor, units) => {
  let unit = 0;
  while (unit + 1 < units.length && Math.abs(value) >= factor) {
    value /= factor;
    ++unit;
  }
  return (unit === 0 && Number.isInteger(value) ? String(value) : digits(value)) + "\u00a0" + units[unit];
};
const format = {
  bytes: (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]),
  time: (value) => scaled(value, 1000, ["ns", "\u00b5s", "ms", "s"]),
  energy: (value) => scaled(value, 1000, ["pJ", "nJ", "\u00b5J", "mJ", "J"]),
  rate: (value) => digits(value) + "\u00a0/s",
  gbps: (value) => digits(value) + "\u00a0GB/s",
  ratio: (value) => value.toFixed(2) + "\u00d7",
  fraction: (value) => value.toFixed(3),
  decibel: (value) => value.toFixed(2) + "\u00a0dB",
  number: (value) => (Number.isInteger(value) ? value.toLocaleString("en") : Number(value.toPrecision(6)).toString()),
};
/* On an axis, without zeros at the end. */
const marked = (formatter, value) => format[formatter](value).replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");
const formatted = (formatter, value) => (value === null || value === undefined ? "\u2013" : format[formatter](value));

/* element("div.card", {title: "..."}, child, "text", ...) */
function element(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const made = document.createElement(tag);
  if (classes.length > 0) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const pageElement = document.getElementById("page");
const pageData = JSON.parse(document.getElementById("data").textContent);
const addSection = (title, ...children) => {
  pageElement.append(element("h2", {}, title), ...children);
};

/* Colour-blind safe (Okabe and Ito), in fixed order. */
const palette = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c7a2f", "#7a5195", "#7f8c9b"];
const colour = (index) => palette[index % palette.length];
const purposeColours = {
  weights: "#8e9cae", kv_read: "#0072b2", kv_append: "#56b4e9", signature_scan: "#e69f00", signature_write: "#8c7a2f",
  bank_reload: "#d55e00", descriptors: "#009e73", firmware: "#cc79a7", other: "#7a5195",
};

/* Theme: the system's, until the reader chooses. */
const charts = [];
const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
  Chart.defaults.color = cssColour("--muted");
  Chart.defaults.borderColor = cssColour("--grid");
  for (const item of charts) item.draw();
}
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
let chosenTheme = null;
const currentTheme = () => chosenTheme || (systemDark.matches ? "dark" : "light");
systemDark.addEventListener("change", () => applyTheme(currentTheme()));
window.addEventListener("beforeprint", () => applyTheme("light"));
window.addEventListener("afterprint", () => applyTheme(currentTheme()));

Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.font.family = 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
Chart.defaults.plugins.legend.position = "bottom";
Chart.defaults.plugins.legend.labels.boxWidth = 12;
Chart.defaults.plugins.tooltip.padding = 10;
/* A canvas says that something has been painted on it: the page's test looks there. */
Chart.register({
  id: "drawn",
  afterRender(chart) {
    if (chart.canvas.dataset.drawn) return;
    const pixels = chart.ctx.getImageData(0, 0, chart.canvas.width, chart.canvas.height).data;
    let painted = 0;
    for (let i = 3; i < pixels.length; i += 4) painted += pixels[i] > 0;
    if (painted > 500) chart.canvas.dataset.drawn = painted;
  },
});

/* A chart in its card. `configuration` is called again when the theme or a control changes. */
function chartCard({ title, note, wide, height, controls, configuration }) {
  const canvas = element("canvas", { role: "img", "aria-label": title });
  const frame = element("div.canvas", height ? { style: `height:${height}px` } : {}, canvas);
  const card = element(wide ? "div.chart.wide" : "div.chart", {}, element("h3", {}, title),
    note ? element("p.note", {}, note) : null, controls ? element("div.controls", {}, ...controls) : null, frame);
  let chart = null;
  const draw = () => {
    if (chart) chart.destroy();
    chart = new Chart(canvas, configuration());
  };
  charts.push({ draw });
  return { card, draw };
}

/* options: [[value, text], ...] */
function chooser(label, options, chosen, onChange) {
  const select = element("select", { "aria-label": label, onchange: () => onChange(select.value) },
    ...options.map(([value, text]) => element("option", value === chosen ? { value, selected: "" } : { value }, text)));
  return element("label", {}, label + " ", select);
}

/* columns: {title, text, formatter | null, get(row)}; a click on a heading sorts. */
function sortableTable(columns, rows, { rowClass, filter } = {}) {
  const body = element("tbody");
  const shown = (column, row) => {
    const value = column.get(row);
    if (value instanceof Node) return value;
    if (column.formatter && typeof value === "number") return formatted(column.formatter, value);
    return value === null || value === undefined ? "\u2013" : String(value);
  };
  let wanted = "";
  let order = rows.slice();
  const fill = () => {
    body.replaceChildren(...order
      .filter((row) => !wanted || columns.some((column) => String(column.key ? column.key(row) : column.get(row)).toLowerCase().includes(wanted)))
      .map((row) => element(rowClass && rowClass(row) ? "tr." + rowClass(row) : "tr", {},
        ...columns.map((column) => element(column.text ? "td.text" : "td", {}, shown(column, row))))));
  };
  const headings = columns.map((column) => {
    const heading = element(column.text ? "th.text" : "th", { scope: "col" }, column.title);
    heading.addEventListener("click", () => {
      const descending = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const key = column.key || column.get;
      order = rows.slice().sort((a, b) => {
        const x = key(a);
        const y = key(b);
        if (x === y) return 0;
        if (x === null || x === undefined) return 1;  // what is not known comes last, either way
        if (y === null || y === undefined) return -1;
        const before = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
        return descending ? -before : before;
      });
      fill();
    });
    return heading;
  });
  fill();
  const table = element(rows.length > 15 ? "div.scroll.long" : "div.scroll", {}, element("table", {}, element("thead", {}, element("tr", {}, ...headings)), body));
  if (!filter) return table;
  const input = element("input", { type: "search", placeholder: "filter", "aria-label": "filter",
    oninput: () => { wanted = input.value.toLowerCase(); fill(); } });
  return element("div", {}, element("div.controls", {}, input), table);
}

function addHeader(title, subtitle) {
  const button = element("button", { type: "button", onclick: () => {
    chosenTheme = currentTheme() === "dark" ? "light" : "dark";
    applyTheme(chosenTheme);
  } }, "light / dark");
  pageElement.append(element("header", {}, element("h1", {}, title), element("span.muted", {}, subtitle),
    element("span.spacer"), button));
}

const tooltipOf = (formatter) => ({
  callbacks: { label: (item) => `${item.dataset.label}: ${formatted(formatter, item.raw && item.raw.y !== undefined ? item.raw.y : item.raw)}` },
});
/* Bytes in binary steps, decades of energy in threes: what the units are made of. */
function niceTicks(axis, formatter) {
  if (axis.type === "logarithmic") {
    if (formatter === "energy") axis.ticks = axis.ticks.filter((tick) => Number.isInteger(Number((Math.log10(tick.value) / 3).toFixed(6))));
    return;
  }
  if (formatter !== "bytes" || !(axis.max > axis.min)) return;
  const step = 2 ** Math.ceil(Math.log2((axis.max - axis.min) / 6));
  axis.ticks = [];
  for (let value = Math.ceil(axis.min / step) * step; value <= axis.max; value += step) axis.ticks.push({ value });
}
const valueAxis = (formatter, title, more = {}) => ({
  title: { display: Boolean(title), text: title }, afterBuildTicks: (axis) => niceTicks(axis, formatter),
  ticks: { callback: (value) => marked(formatter, value), maxTicksLimit: 7, maxRotation: 0 }, ...more,
});
