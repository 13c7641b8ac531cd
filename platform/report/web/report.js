/* SPDX-License-Identifier: Apache-2.0 */
/* The page of one or several runs: pageData is [{name, report}, ...], the first one the baseline. */

/* Of "context-4096_policy-dense" and "context-4096_policy-prism", what tells them apart. */
function shortNames(names) {
  const parts = names.map((name) => name.split("_"));
  const common = (part) => parts.every((list) => list.includes(part));
  const short = parts.map((list, index) => (names.length > 1 ? list.filter((part) => !common(part)).join("_") : "") || names[index]);
  return short.map((name, index) => (short.indexOf(name) !== short.lastIndexOf(name) ? `${name} (${index + 1})` : name));
}
const names = shortNames(pageData.map((item) => item.name));
const runs = pageData.map((item, index) => ({
  ...item,
  name: names[index],
  steps: Math.max(1, item.report.decode.steps_done),
}));
const baseline = runs[0];
const shownRun = runs[runs.length - 1];
const several = runs.length > 1;

const purposes = Object.keys(purposeColours);
const perStep = (run, purpose) => run.report.hbm.bytes_by_purpose[purpose] / run.steps;
const kvBytes = (run) => perStep(run, "kv_read") + perStep(run, "kv_append");
const selection = (key) => (run) => run.report.selection[key];

/* better: whether less or more of it is. */
const metrics = [
  { title: "K/V traffic a step", formatter: "bytes", better: "less", card: true, get: kvBytes },
  { title: "HBM traffic a step", formatter: "bytes", better: "less", get: (run) => purposes.reduce((sum, purpose) => sum + perStep(run, purpose), 0) },
  { title: "Time a step", formatter: "time", better: "less", card: true, get: (run) => run.report.decode.time_per_step_ns },
  { title: "Tokens", formatter: "rate", better: "more", card: true, get: (run) => run.report.decode.tokens_per_second },
  { title: "Energy a step", formatter: "energy", better: "less", card: true, get: (run) => run.report.energy_pj.per_step_total },
  { title: "Recall at k", formatter: "fraction", better: "more", card: true, get: selection("recall_at_k") },
  { title: "Needle hits", formatter: "fraction", better: "more", get: selection("needle_hit_rate") },
  { title: "Attention mass", formatter: "fraction", better: "more", card: true, get: selection("attention_mass") },
  { title: "Output error", formatter: "fraction", better: "less", get: selection("output_error") },
  { title: "HBM bandwidth", formatter: "gbps", better: "more", get: (run) => run.report.hbm.achieved_gbps },
  { title: "HBM row hits", formatter: "fraction", better: "more", get: (run) => run.report.hbm.row_hit_rate },
];

function comparison(metric, run) {
  const value = metric.get(run);
  const base = metric.get(baseline);
  if (!several || run === baseline || !base || value === null || value === undefined) return null;
  const ratio = value / base;
  const same = Math.abs(ratio - 1) < 0.0005;
  const good = metric.better === "less" ? ratio < 1 : ratio > 1;
  return element(same ? "div.delta.muted" : good ? "div.delta.better" : "div.delta.worse", {},
    same ? "as the baseline" : `${format.ratio(ratio)} of the baseline`);
}

const { decode, config, provenance } = shownRun.report;
addHeader(several ? `${shownRun.name} against ${runs.slice(0, -1).map((run) => run.name).join(", ")}` : shownRun.name,
  `${config.workload.model.name}, ${decode.context_tokens.toLocaleString("en")} tokens, batch ${decode.batch}, policy ${shownRun.report.selection.policy}`);
if (shownRun.report.outcome.failure) pageElement.append(element("p.worse", {}, "The run failed: " + shownRun.report.outcome.failure));
pageElement.append(element("div.cards", {}, ...metrics.filter((metric) => metric.card).map((metric) =>
  element("div.card", {}, element("div.label", {}, metric.title),
    element("div.value", {}, formatted(metric.formatter, metric.get(shownRun))), comparison(metric, shownRun)))));

if (several) {
  addSection("Headline figures", sortableTable([
    { title: "figure", text: true, get: (metric) => metric.title },
    ...runs.map((run) => ({
      title: run === baseline ? `${run.name} (baseline)` : run.name, key: (metric) => metric.get(run),
      get: (metric) => element("div", {}, formatted(metric.formatter, metric.get(run)), run === baseline ? null : comparison(metric, run) || element("div.delta")),
    })),
  ], metrics));
}

const grid = element("div.charts");
addSection("Where bytes, time and energy went", grid);
const addChart = (options) => grid.append(chartCard(options).card);
const runNames = runs.map((run) => run.name);
const barHeight = Math.max(190, 110 + 42 * runs.length);

function stackedBars(title, note, formatter, parts, height = barHeight) {
  addChart({
    title, note, height,
    configuration: () => ({
      type: "bar",
      data: { labels: runNames, datasets: parts.map((part) => ({
        label: part.label, backgroundColor: part.colour, data: runs.map(part.get), maxBarThickness: 40 })) },
      options: {
        indexAxis: "y",
        scales: { x: valueAxis(formatter, "", { stacked: true }), y: { stacked: true, grid: { display: false } } },
        plugins: { tooltip: tooltipOf(formatter) },
      },
    }),
  });
}
const present = (part) => runs.some((run) => part.get(run) > 0);
const purposeParts = purposes.map((purpose) => ({ label: purpose, colour: purposeColours[purpose], get: (run) => perStep(run, purpose) })).filter(present);
stackedBars("HBM bytes a step, by purpose", "All traffic at the HBM controller.", "bytes", purposeParts);
stackedBars("The same without weights", "What block selection can change.", "bytes", purposeParts.filter((part) => part.label !== "weights"));

/* Times that devices count of themselves: gemv_ns, ranking_ns, ... They overlap. */
const phaseNames = { "cpu.busy_ns": "cpu: awake", "dma.busy_ns": "dma: moving" };
const phases = new Map();
for (const run of runs) {
  for (const device of ["compute", "photonic", "dma", "cpu"]) {
    for (const [key, value] of Object.entries(run.report.modules[device] || {})) {
      if (!key.endsWith("_ns") || typeof value !== "number" || value === 0) continue;
      const name = `${device}.${key}`;
      const own = /^(gemv|project_qkv|attend|sketch|loading|programming|ranking|evaluating|maintaining|waiting)_ns$/.test(key);
      if (own || phaseNames[name]) phases.set(name, phaseNames[name] || `${device}: ${key.slice(0, -3)}`);
    }
  }
}
addChart({
  title: "Time by phase, a step", note: "Busy time of each device's activities. They overlap; the step's time is the last bar.",
  height: Math.max(240, 60 + phases.size * (12 + 10 * runs.length)),
  configuration: () => ({
    type: "bar",
    data: {
      labels: [...phases.values(), "the whole step"],
      datasets: runs.map((run, index) => ({
        label: run.name, backgroundColor: colour(index),
        data: [...[...phases.keys()].map((name) => {
          const [device, key] = name.split(".");
          return (run.report.modules[device][key] || 0) / run.steps;
        }), run.report.decode.time_per_step_ns],
      })),
    },
    options: { indexAxis: "y", scales: { x: valueAxis("time"), y: { grid: { display: false }, ticks: { autoSkip: false } } },
      plugins: { legend: { display: several }, tooltip: tooltipOf("time") } },
  }),
});

const components = [...new Set(runs.flatMap((run) => Object.keys(run.report.energy_pj)))].filter((key) => key.includes("."));
const energyOf = (component) => (run) => (run.report.energy_pj[component] || 0) / run.steps;
const unknown = shownRun.report.energy_unknown;
addChart({
  title: "Energy by component, a step",
  note: "Logarithmic. " + (unknown.length ? `Without ${unknown.join(", ")}: no figure is known.` : ""),
  height: Math.max(240, 60 + components.length * (10 + 10 * runs.length)),
  configuration: () => ({
    type: "bar",
    data: { labels: components, datasets: runs.map((run, index) => ({ label: run.name, backgroundColor: colour(index),
      data: components.map((component) => energyOf(component)(run) || null) })) },
    options: { indexAxis: "y", scales: { x: valueAxis("energy", "", { type: "logarithmic" }), y: { grid: { display: false }, ticks: { autoSkip: false } } },
      plugins: { legend: { display: several }, tooltip: tooltipOf("energy") } },
  }),
});

/* Bytes of each stretch as a staircase of bandwidth. */
function bandwidth(series) {
  const points = series.values.map((bytes, index) => ({ x: index * series.bin_ns, y: bytes / series.bin_ns }));
  if (points.length > 0) points.push({ x: series.values.length * series.bin_ns, y: points[points.length - 1].y });
  return points;
}
addChart({
  title: "HBM bandwidth over time", wide: true, note: `Peak ${format.gbps(shownRun.report.hbm.peak_gbps)}. Bytes count when their request ends: a short stretch may show more.`,
  configuration: () => ({
    type: "line",
    data: { datasets: runs.flatMap((run, index) => ["read", "written"].map((way) => ({
      label: several ? `${run.name}: ${way}` : way, data: bandwidth(run.report.modules.hbm[`bytes_${way}_over_time`]),
      borderColor: colour(2 * index + (way === "read" ? 0 : 1)), backgroundColor: colour(2 * index + (way === "read" ? 0 : 1)), borderWidth: 1.5, pointRadius: 0, pointHitRadius: 8, stepped: true,
    }))) },
    options: { parsing: false, interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: { x: valueAxis("time", "", { type: "linear", min: 0 }), y: valueAxis("gbps", "", { min: 0 }) },
      plugins: { tooltip: { callbacks: { title: (items) => "at " + format.time(items[0].raw.x), ...tooltipOf("gbps").callbacks } } } },
  }),
});

const qualities = [["recall_at_k", "recall at k", "circle"], ["needle_hit_rate", "needle hits", "triangle"], ["output_error", "output error", "rectRot"]];
addChart({
  title: "Quality against traffic", note: "Each run at its K/V traffic a step: recall and needle hits (more is better), error of the attention output (less is better).",
  configuration: () => ({
    type: "scatter",
    data: { datasets: qualities.map(([key, label, pointStyle], index) => ({
      label, pointStyle, backgroundColor: colour(index), borderColor: colour(index), pointRadius: 7, pointHoverRadius: 9,
      data: runs.filter((run) => typeof run.report.selection[key] === "number")
        .map((run) => ({ x: kvBytes(run), y: run.report.selection[key], run: run.name })),
    })) },
    options: {
      scales: { x: valueAxis("bytes", "K/V bytes a step", { beginAtZero: true }), y: valueAxis("fraction", "", { min: 0, suggestedMax: 1 }) },
      plugins: { legend: { labels: { usePointStyle: true } },
        tooltip: { callbacks: { label: (item) => `${item.raw.run}: ${item.dataset.label} ${format.fraction(item.raw.y)} at ${format.bytes(item.raw.x)}` } } },
    },
  }),
});

function channels(run) {
  return Object.entries(run.report.modules.hbm).map(([key, bytes]) => {
    const place = key.match(/^bytes_channel_(\d+)_(\d+)$/);
    return place && { stack: Number(place[1]), channel: Number(place[2]), bytes: bytes / run.steps };
  }).filter(Boolean).sort((a, b) => a.stack - b.stack || a.channel - b.channel);
}
addChart({
  title: "Balance of the HBM channels", note: "Bytes of each channel in a step; the busiest decides how long a transfer takes.",
  configuration: () => ({
    type: "bar",
    data: { labels: channels(shownRun).map((item) => `${item.stack}.${item.channel}`),
      datasets: runs.map((run, index) => ({ label: run.name, backgroundColor: colour(index), data: channels(run).map((item) => item.bytes) })) },
    options: { scales: { x: { title: { display: true, text: "stack.channel" }, grid: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 6 } }, y: valueAxis("bytes", "", { min: 0 }) },
      plugins: { legend: { display: several }, tooltip: tooltipOf("bytes") } },
  }),
});

/* Requests by latency: a bin reaches to the next one's lower edge, which lies at most a quarter above. */
const histograms = (run) => Object.entries(run.report.modules.hbm).filter(([key, value]) => key.startsWith("latency_ns_") && value.bins);
addChart({
  title: "Latency of HBM requests", note: `${shownRun.name}: share of the requests of each initiator and purpose, from arrival at the controller to the last data.`,
  configuration: () => ({
    type: "line",
    data: { datasets: histograms(shownRun).map(([key, value], index) => ({
      label: key.replace("latency_ns_", "").replace("soc.", "").replace("_", ": "),
      data: value.bins.map(([lowest, count]) => ({ x: Math.max(lowest, 1), y: count / value.count, p99: value.p99 })),
      borderColor: colour(index), backgroundColor: colour(index), borderWidth: 1.5, pointRadius: 2, stepped: "before",
    })) },
    options: { parsing: false, scales: {
      x: valueAxis("time", "", { type: "logarithmic", ticks: { callback: (value) => ([1, 2, 5].includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9))) ? marked("time", value) : ""), maxRotation: 0, autoSkipPadding: 12 } }),
      y: valueAxis("fraction", "share", { min: 0 }) },
      plugins: { tooltip: { callbacks: { title: (items) => "from " + format.time(items[0].raw.x),
        label: (item) => `${item.dataset.label}: ${(100 * item.raw.y).toFixed(1)} % (99 % within ${format.time(item.raw.p99)})` } } } },
  }),
});

const link = shownRun.report.link_budget;
if (link) {
  addChart({
    title: "Optical link budget", note: `From the laser to one detector: ${link.detector_dbm.toFixed(1)} dBm of all lines, ${link.line_dbm.toFixed(1)} dBm of one.`,
    configuration: () => ({
      type: "bar",
      data: { labels: link.stages.map((stage) => stage.stage), datasets: [{ label: "power", maxBarThickness: 44,
        backgroundColor: link.stages.map((stage, index) => (index === 0 ? colour(2) : stage.gain_db < 0 ? colour(3) : colour(0))),
        data: link.stages.map((stage, index) => (index === 0 ? [Math.min(0, stage.power_dbm), Math.max(0, stage.power_dbm)] : [stage.power_dbm - stage.gain_db, stage.power_dbm])) }] },
      options: { scales: { x: { grid: { display: false }, ticks: { autoSkip: false, maxRotation: 40 } }, y: { title: { display: true, text: "dBm" } } },
        plugins: { legend: { display: false }, tooltip: { callbacks: { label: (item) => {
          const stage = link.stages[item.dataIndex];
          return `${stage.gain_db >= 0 ? "+" : ""}${format.decibel(stage.gain_db)}, then ${stage.power_dbm.toFixed(2)} dBm`;
        } } } } },
    }),
  });
}

/* {a: {b: 1}} as [["a.b", 1]] */
function leaves(value, path = "") {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}
function leafTable(part, filter = true) {
  const maps = runs.map((run) => new Map(part(run)));
  const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))];
  const text = (value) => (value === undefined ? undefined : typeof value === "object" ? JSON.stringify(value) : value);
  const differs = (key) => several && new Set(maps.map((map) => JSON.stringify(map.get(key)))).size > 1;
  return sortableTable([
    { title: "key", text: true, get: (key) => key },
    ...runs.map((run, index) => ({ title: run.name, formatter: "number", get: (key) => text(maps[index].get(key)) })),
  ], keys, { filter, rowClass: (key) => (differs(key) ? "differs" : "") });
}
const scalars = (run) => leaves(run.report.modules).filter(([, value]) => !Array.isArray(value));
addSection("Statistics of every module", element("details.optional", {}, element("summary", {}, "show"), leafTable(scalars)));
addSection("Resolved configuration", element("details.optional", {}, element("summary", {}, several ? "show (differences are marked)" : "show"),
  leafTable((run) => leaves(run.report.config))));
addSection("Provenance", leafTable((run) => [...leaves(run.report.provenance), ["wall_seconds", run.report.simulation.wall_seconds], ["traffic closes", String(run.report.traffic_check.closes)]], false));
const warnings = runs.flatMap((run) => run.report.warnings.map((warning) => `${run.name}: ${warning}.`));
if (warnings.length > 0) addSection("Warnings", element("ul.notes", {}, ...warnings.map((warning) => element("li", {}, warning))));

applyTheme(currentTheme());
