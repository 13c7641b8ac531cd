/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a sweep: pageData is sweep.json. */

const figures = {
  kv_bytes_per_step: { title: "K/V traffic a step", formatter: "bytes", better: "less" },
  time_per_step_ns: { title: "time a step", formatter: "time", better: "less" },
  energy_per_step_pj: { title: "energy a step", formatter: "energy", better: "less" },
  recall_at_k: { title: "recall at k", formatter: "fraction", better: "more" },
  needle_hit_rate: { title: "needle hits", formatter: "fraction", better: "more" },
  attention_mass: { title: "attention mass", formatter: "fraction", better: "more" },
  output_error: { title: "output error", formatter: "fraction", better: "less" },
  tokens_per_second: { title: "tokens", formatter: "rate", better: "more" },
  signature_bytes_per_step: { title: "signature traffic a step", formatter: "bytes", better: "less" },
  kv_reduction: { title: "K/V cut against dense", formatter: "ratio", better: "more" },
  speed_up: { title: "speed-up against dense", formatter: "ratio", better: "more" },
};
const done = pageData.points.filter((point) => point.state === "done");
const rest = pageData.points.filter((point) => point.state !== "done");
const shortKey = (key) => {
  const last = key.split(".").pop();
  return ["name", "extends"].includes(last) ? key.split(".").slice(-2, -1)[0] || last : last;
};
const valueText = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));
const distinct = (key) => [...new Map(done.map((point) => [valueText(point.values[key]), point.values[key]])).values()];
const varying = pageData.keys.filter((key) => distinct(key).length > 1);
const known = Object.keys(figures).filter((key) => done.some((point) => point.figures[key] !== null));

/* What a chart can be coloured by or restricted to. */
let colourKey = varying.find((key) => key === "policy.name") || varying[0] || pageData.keys[0];
const restricted = new Map();
const wantedPoints = () => done.filter((point) => [...restricted].every(([key, text]) => text === "" || valueText(point.values[key]) === text));
const colourOf = (point) => colour(distinct(colourKey).findIndex((value) => valueText(value) === valueText(point.values[colourKey])));
const redraw = () => { for (const item of charts) item.draw(); };

addHeader("Sweep " + pageData.name,
  `${pageData.points.length} points over ${pageData.keys.map(shortKey).join(", ")}` +
  (pageData.dropped ? `; ${pageData.dropped} combinations dropped` : "") +
  (rest.length ? `; ${rest.length} without a result` : ""));
pageElement.append(element("div.controls", {},
  chooser("colour by", pageData.keys.map((key) => [key, shortKey(key)]), colourKey, (key) => { colourKey = key; redraw(); }),
  ...varying.map((key) => chooser(shortKey(key), [["", "all"], ...distinct(key).map((value) => [valueText(value), valueText(value)])], "",
    (text) => { restricted.set(key, text); redraw(); }))));

/* One dataset a colour, so that the legend explains it. */
function byColour(make) {
  return distinct(colourKey).map((value, index) => ({
    label: `${shortKey(colourKey)} ${valueText(value)}`, borderColor: colour(index), backgroundColor: colour(index),
    ...make(wantedPoints().filter((point) => valueText(point.values[colourKey]) === valueText(value))),
  }));
}
const describe = (point) => pageData.keys.map((key) => `${shortKey(key)} ${valueText(point.values[key])}`).join(", ");

/* Comparing makes sense among points that do the same work. */
function byWorkload(points) {
  const groups = new Map();
  for (const point of points) {
    const work = pageData.keys.filter((key) => key.startsWith("workload.") || key === "seed").map((key) => valueText(point.values[key])).join();
    groups.set(work, [...(groups.get(work) || []), point]);
  }
  return [...groups.values()];
}

/* Points that no other point beats in both. */
function front(points, x, y) {
  const beats = (a, b, key) => (figures[key].better === "less" ? a.figures[key] <= b.figures[key] : a.figures[key] >= b.figures[key]);
  const same = (a, b) => a.figures[x] === b.figures[x] && a.figures[y] === b.figures[y];
  return points.filter((point) => !points.some((other) => !same(other, point) && beats(other, point, x) && beats(other, point, y)))
    .sort((a, b) => a.figures[x] - b.figures[x]);
}

let paretoX = known.includes("kv_bytes_per_step") ? "kv_bytes_per_step" : known[0];
let paretoY = known.includes("recall_at_k") ? "recall_at_k" : known[1] || known[0];
const figureOptions = known.map((key) => [key, figures[key].title]);
const grid = element("div.charts");
addSection("Trade-offs", grid);

function paretoChart(title, note, axes, wide, controls) {
  grid.append(chartCard({
    title, note, wide, controls,
    configuration: () => {
      const [x, y] = axes();
      const usable = wantedPoints().filter((point) => point.figures[x] !== null && point.figures[y] !== null);
      const at = (point) => ({ x: point.figures[x], y: point.figures[y], point });
      return {
        type: "scatter",
        data: { datasets: [
          ...byColour((points) => ({ data: points.filter((point) => usable.includes(point)).map(at), pointRadius: 5, pointHoverRadius: 8 })),
          ...byWorkload(usable).map((points) => ({ label: "Pareto front", type: "line", data: front(points, x, y).map(at),
            borderColor: cssColour("--text"), borderWidth: 1, borderDash: [5, 4], pointRadius: 0, pointHitRadius: 0 })),
        ] },
        options: {
          scales: { x: valueAxis(figures[x].formatter, `${figures[x].title} (${figures[x].better} is better)`),
            y: valueAxis(figures[y].formatter, `${figures[y].title} (${figures[y].better} is better)`) },
          plugins: { legend: { labels: { filter: (label, data) => data.datasets.findIndex((set) => set.label === label.text) === label.datasetIndex } },
            tooltip: { callbacks: { label: (item) => [describe(item.raw.point),
            `${figures[x].title} ${formatted(figures[x].formatter, item.raw.x)}, ${figures[y].title} ${formatted(figures[y].formatter, item.raw.y)}`] } } },
        },
      };
    },
  }).card);
}
paretoChart("Pareto view", "Dashed: of the points with the same workload, those that none beats in both figures.", () => [paretoX, paretoY], true, [
  chooser("across", figureOptions, paretoX, (key) => { paretoX = key; redraw(); }),
  chooser("up", figureOptions, paretoY, (key) => { paretoY = key; redraw(); }),
]);
for (const [x, y] of [["time_per_step_ns", "recall_at_k"], ["energy_per_step_pj", "recall_at_k"]]) {
  if (known.includes(x) && known.includes(y)) paretoChart(`${figures[y].title} against ${figures[x].title}`, "", () => [x, y], false);
}

/* Parallel coordinates: every axis from its least value (0) to its greatest (1). */
const parallel = [
  ...varying.map((key) => ({ title: shortKey(key), get: (point) => point.values[key], values: distinct(key), show: valueText })),
  ...["kv_bytes_per_step", "time_per_step_ns", "energy_per_step_pj", "recall_at_k", "output_error"].filter((key) => known.includes(key)).map((key) => ({
    title: figures[key].title, get: (point) => point.figures[key], show: (value) => formatted(figures[key].formatter, value),
    values: done.map((point) => point.figures[key]).filter((value) => value !== null) })),
].map((axis) => {
  const numeric = axis.values.every((value) => typeof value === "number");
  const least = Math.min(...axis.values);
  const most = Math.max(...axis.values);
  const logarithmic = numeric && least > 0 && most / least > 8;
  const scale = logarithmic ? Math.log : (value) => value;
  const sorted = numeric ? [] : axis.values.map(valueText);
  return { ...axis,
    position: (point) => {
      const value = axis.get(point);
      if (value === null) return null;
      if (!numeric) return sorted.length > 1 ? sorted.indexOf(valueText(value)) / (sorted.length - 1) : 0.5;
      return most > least ? (scale(value) - scale(least)) / (scale(most) - scale(least)) : 0.5;
    },
    marks: numeric ? [[0, axis.show(least)], [1, axis.show(most)]]
      : sorted.map((text, index) => [sorted.length > 1 ? index / (sorted.length - 1) : 0.5, text]) };
});
const axisMarks = {
  id: "axisMarks",
  afterDatasetsDraw(chart) {
    const { ctx, scales: { x, y } } = chart;
    ctx.save();
    ctx.font = "11px system-ui, sans-serif";
    ctx.textAlign = "center";
    parallel.forEach((axis, index) => {
      const across = x.getPixelForValue(index);
      for (const [position, text] of axis.marks) {
        const up = y.getPixelForValue(position);
        const width = ctx.measureText(text).width + 6;
        ctx.fillStyle = cssColour("--card");
        ctx.globalAlpha = 0.8;
        ctx.fillRect(across - width / 2, up - 8, width, 16);
        ctx.globalAlpha = 1;
        ctx.fillStyle = cssColour("--text");
        ctx.fillText(text, across, up + 4);
      }
    });
    ctx.restore();
  },
};
grid.append(chartCard({
  title: "Parallel coordinates", wide: true, height: 420,
  note: "A line is a point of the sweep; each axis goes from the least value to the greatest. The choosers above the page's charts leave out lines.",
  configuration: () => ({
    type: "line",
    data: { labels: parallel.map((axis) => axis.title), datasets: wantedPoints().map((point) => ({
      label: point.name, point, data: parallel.map((axis) => axis.position(point)), borderColor: colourOf(point) + "b0", backgroundColor: colourOf(point),
      borderWidth: 1.5, hoverBorderWidth: 4, pointRadius: 0, pointHitRadius: 7, spanGaps: true })) },
    options: {
      layout: { padding: { left: 40, right: 40, top: 14, bottom: 4 } },
      scales: { x: { grid: { color: cssColour("--line") } }, y: { display: false, min: 0, max: 1 } },
      interaction: { mode: "nearest", intersect: true },
      plugins: { legend: { display: false }, tooltip: { displayColors: false, callbacks: { title: () => "",
        label: (item) => parallel.map((axis) => `${axis.title}: ${axis.show(axis.get(item.dataset.point))}`) } } },
    },
    plugins: [axisMarks],
  }),
}).card);

addSection("All points", sortableTable([
  { title: "point", text: true, key: (point) => point.name, get: (point) => (point.state === "missing" ? point.name
    : element("a", { href: encodeURI(point.name + "/report.json") }, point.name)) },
  ...varying.map((key) => ({ title: shortKey(key), key: (point) => point.values[key], get: (point) => valueText(point.values[key]) })),
  ...known.map((key) => ({ title: figures[key].title, formatter: figures[key].formatter, get: (point) => point.figures[key] })),
  ...(rest.length ? [{ title: "result", text: true, get: (point) => (point.state === "done" ? "" : `${point.state} ${point.reason}`) }] : []),
], pageData.points, { filter: true }));

applyTheme(currentTheme());
