// Equity and drawdown over time, breaker periods shaded. Drawn by plotly, which the server takes
// from the installed package; it is loaded after the figures are shown, and nothing needs it.
import { ask } from "./api.js";
import { ago, clock, h, number, percent } from "./dom.js";

const RANGES = { "1 h": 3600, "24 h": 86400, "7 days": 604800, "30 days": 2592000, All: null };
const AGAIN = 60000;
const at = (id) => document.getElementById(id);
let bot = "", range = "24 h", data = null, loading = null, asked = 0, run = 0, breaker = "", visible = false;

// plotly sets some attributes "style" as text, which the content policy rightly refuses; the same
// by way of the style's own object is allowed.
function throughStyleObject() {
  const plain = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function setAttribute(name, value) {
    if (name === "style") this.style.cssText = value; else plain.call(this, name, value);
  };
}

// While it loads, plotly adds a style sheet for its maps, which would be refused, too. No map is
// drawn here: the sheet goes into an element that means nothing.
function withoutSheets() {
  document.createElement = (tag, ...more) => Document.prototype.createElement.call(document, tag === "style" ? "template" : tag, ...more);
  return () => { delete document.createElement; };
}

function script() {
  loading ||= new Promise((done, failed) => {
    throughStyleObject();
    const made = h("script", { src: "risk/plotly.js" }), over = withoutSheets();
    made.onload = () => { over(); done(window.Plotly); };
    made.onerror = () => { over(); failed(new Error("The chart needs the package plotly, which is not installed here.")); };
    document.head.append(made);
  });
  return loading;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const clear = (hex, part) => `${hex}${Math.round(255 * part).toString(16).padStart(2, "0")}`;
const local = (iso) => { const d = new Date(iso); return new Date(d - d.getTimezoneOffset() * 60000).toISOString().slice(0, -1); };

function figure({ points, periods }) {
  const x = points.map((p) => local(p.at)), line = { width: 1.8 };
  const text = colour("dim"), grid = colour("line"), act = colour("act"), bad = colour("bad"), watch = colour("watch");
  const first = points[0].at, last = points.at(-1).at;
  const shade = (p) => ({ type: "rect", xref: "x", yref: "paper", y0: 0, y1: 1, x0: local(p.begin < first ? first : p.begin), x1: local(!p.end || p.end > last ? last : p.end),
    fillcolor: clear(p.state === "half_open" ? watch : bad, 0.16), line: { width: 0 }, layer: "below" });
  const band = (key, fill) => ({ x, y: points.map((p) => p[key]), mode: "lines", type: "scatter", line: { width: 0 }, hoverinfo: "skip", showlegend: false, ...(fill ? { fill: "tonexty", fillcolor: clear(act, 0.15) } : {}) });
  const axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid, fixedrange: true, automargin: true };
  return [[
    band("equity_low"), band("equity_high", true),
    { x, y: points.map((p) => p.equity), name: "Equity", type: "scatter", mode: "lines", line: { ...line, color: act }, hovertemplate: "%{y:,.2f}<extra>equity</extra>" },
    { x, y: points.map((p) => p.drawdown_pct === null ? null : -p.drawdown_pct), name: "Drawdown", yaxis: "y2", type: "scatter", mode: "lines", line: { ...line, color: bad }, fill: "tozeroy", fillcolor: clear(bad, 0.18), hovertemplate: "%{y:.2f} %<extra>drawdown</extra>" },
  ], {
    height: 320, margin: { l: 8, r: 8, t: 8, b: 8 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, dragmode: false,
    font: { color: text, size: 12, family: "system-ui, sans-serif" }, hovermode: "x unified",
    hoverlabel: { bgcolor: colour("card"), bordercolor: grid, font: { color: colour("text") } },
    xaxis: { ...axis, anchor: "y2", tickangle: 0, nticks: at("chart").clientWidth < 500 ? 4 : 9, tickformat: Date.parse(last) - Date.parse(first) < 1.3e8 ? "%H:%M" : "%-d %b" }, yaxis: { ...axis, domain: [0.36, 1], tickformat: ",.6~f", nticks: 5 },
    yaxis2: { ...axis, domain: [0, 0.28], ticksuffix: " %", rangemode: "tozero", nticks: 3 },
    shapes: periods.map(shade),
  }];
}

function summary({ points, periods }) {
  if (!points.length) return "No figures in this time.";
  const begin = points.find((p) => p.equity !== null), end = points.findLast((p) => p.equity !== null);
  if (!begin) return "Equity was not known in this time.";
  const deepest = points.reduce((a, b) => (b.drawdown_pct || 0) > (a.drawdown_pct || 0) ? b : a);
  const halted = periods.filter((p) => p.state !== "half_open");
  const seconds = halted.reduce((sum, p) => sum + (Math.min(Date.parse(p.end || end.at), Date.parse(end.at)) - Math.max(Date.parse(p.begin), Date.parse(begin.at))) / 1000, 0);
  return `Equity ${number(begin.equity)} → ${number(end.equity)} since ${clock(begin.at)}. ` +
    (deepest.drawdown_pct > 0.005 ? `Deepest drawdown ${percent(deepest.drawdown_pct)} at ${clock(deepest.at)}. ` : "No drawdown. ") +
    (halted.length ? `Breaker open ${halted.length} time${halted.length > 1 ? "s" : ""}, ${ago(Math.max(0, seconds))} in all.` : "The breaker stayed closed.");
}

function periodList(periods) {
  at("periods").hidden = !periods.length;
  at("period-list").replaceChildren(...periods.toReversed().slice(0, 50).map((p) => h("li", {},
    h("span", { class: `tag ${p.state === "half_open" ? "watch" : "bad"}` }, p.state.replace("_", "-")),
    `${clock(p.begin)} – ${p.end ? clock(p.end) : "now"} `, h("span", { class: "dim" }, p.text))));
}

async function draw() {
  if (!data || !visible) return;
  at("chart-said").textContent = summary(data);
  periodList(data.periods);
  if (data.points.length < 2) { window.Plotly?.purge("chart"); at("chart").hidden = true; return; }
  try {
    const plotly = await script();
    at("chart").hidden = false;
    await plotly.react("chart", ...figure(data), { displayModeBar: false, responsive: true });
    at("chart").setAttribute("aria-label", `Chart. ${summary(data)}`);
  } catch (trouble) {
    at("chart").hidden = true;
    at("chart-said").textContent = `${summary(data)} ${trouble.message}`;
  }
}

async function fetchAll() {
  const mine = ++run;
  asked = performance.now();
  const since = RANGES[range] === null ? "" : `&since=${encodeURIComponent(new Date(Date.now() - 1000 * RANGES[range]).toISOString())}`;
  const of = `bot=${encodeURIComponent(bot)}${since}`;
  try {
    const [curve, periods] = await Promise.all([ask(`chart?${of}&points=400`), ask(`breaker?${of}`)]);
    if (mine !== run) return;
    data = { periods, points: curve.at.map((at, i) => ({ at, equity: curve.equity[i], equity_low: curve.low[i], equity_high: curve.high[i], drawdown_pct: curve.drawdown_pct[i] })) };
    await draw();
  } catch (trouble) { if (mine === run) at("chart-said").textContent = trouble.message; }
}

// The bot has been looked at: its latest figures become the last point until the series is asked
// for again.
export function looked(of, status) {
  const changed = of !== bot || status.breaker.state !== breaker;
  breaker = status.breaker.state;
  if (of !== bot) { bot = of; data = null; }
  if (changed || !data || performance.now() - asked > AGAIN) { fetchAll(); return; }
  const last = data.points.at(-1);
  if (status.equity !== null && (!last || status.at > last.at)) {
    const now = { at: status.at, equity: status.equity, equity_low: status.equity, equity_high: status.equity, drawdown_pct: status.drawdown_pct, live: true };
    if (last?.live && data.points.length > 2) data.points[data.points.length - 1] = now; else data.points.push(now);
    draw();
  }
}

export function leave() { bot = ""; data = null; run += 1; }

at("ranges").replaceChildren(...Object.keys(RANGES).map((name) => h("button", { type: "button", "aria-pressed": String(name === range), onclick: (event) => {
  range = name;
  for (const each of at("ranges").children) each.setAttribute("aria-pressed", String(each === event.currentTarget));
  fetchAll();
} }, name)));
new IntersectionObserver((seen) => {
  const now = seen.some((entry) => entry.isIntersecting);
  if (now && !visible) { visible = true; draw(); }
}, { rootMargin: "200px" }).observe(at("card-chart"));
matchMedia("(prefers-color-scheme: light)").addEventListener("change", draw);
