// Draws what the server told. Text goes in as text, never as markup.
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return made;
}

const NAMES = { day: "Today", drawdown: "Drawdown", exposure: "Exposure", score: "Risk score", positions: "Positions" };

const rounded = (value, digits) => Math.abs(value) < 0.5 / 10 ** digits ? 0 : Number(value);
export const number = (value, digits = 2) => value === null || value === undefined ? "?" :
  rounded(value, digits).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
const signed = (value, digits = 2) => (rounded(value, digits) > 0 ? "+" : "") + number(value, digits);
const tone = (value) => rounded(value, 2) === 0 ? "dim" : value < 0 ? "bad-text" : value > 0 ? "good-text" : "dim";
export const clock = (iso) => iso ? new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : "";
function ago(seconds) {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

function card(title, count, ...inside) {
  const head = h("h2", {}, title, count === null ? null : h("span", { class: "count" }, `  ${count}`));
  return h("section", { class: "card" }, head, ...inside);
}

function state(status) {
  const breaker = status.breaker, now = breaker.state;
  const words = {
    closed: ["good", "Trading", "Breaker closed. Entries pass inside the limits."],
    half_open: ["watch", "Testing", `Breaker half-open: small probes only. ${breaker.half_open.wins} won, ${breaker.half_open.losses} lost.`],
    open: ["bad", "Stopped", `Breaker open until ${clock(breaker.open_until)}. No entries; exits pass.`],
    latched: ["bad", "Latched", `By ${breaker.latched_by}. No entries until a person re-arms it.`],
  }[now] || ["bad", now, ""];
  return h("section", { class: `card state ${words[0]}`, id: "breaker" },
    h("div", { class: "big" }, words[1]), h("p", {}, words[2]),
    breaker.reasons.map((reason) => now === "closed" ? null : h("p", { class: "small" }, reason)),
    h("div", { class: "figures" },
      h("div", {}, h("b", {}, number(status.equity)), h("span", {}, "equity")),
      h("div", {}, h("b", { class: tone(status.daily_pnl_pct) }, `${signed(status.daily_pnl_pct)} %`), h("span", {}, "today")),
      h("div", {}, h("b", {}, status.level), h("span", {}, "risk level"))));
}

function bar(value, warn, trip, scale) {
  const full = scale || trip || 100, part = Math.min(1, Math.max(0, (value || 0) / full));
  const level = trip && value >= trip ? "bad" : warn && value >= warn ? "watch" : "good";
  const fill = h("i", { class: level });
  fill.style.width = `${100 * part}%`;
  const mark = warn && warn < full ? h("u") : null;
  if (mark) mark.style.left = `${(100 * warn) / full}%`;
  return h("div", { class: "bar" }, fill, mark);
}

function gauges(used, status) {
  const parts = Object.entries(status.score).map(([name, points]) =>
    h("div", {}, name, bar(points, null, 100)));
  return card("Used of each limit", null,
    used.map((g) => h("div", { class: "gauge" },
      h("div", { class: "row" }, h("span", {}, NAMES[g.name] || g.name), h("span", {}, g.text.replace(/^-/, "−"))),
      bar(g.value, g.warn, g.trip), g.name === "score" ? h("div", { class: "parts" }, parts) : null)));
}

function alerts(list, may, act) {
  if (!list.length) return card("Alerts", null, h("div", { class: "dim" }, "None open."));
  const tones = { critical: "bad", warning: "watch", info: "plain" };
  return card("Alerts", list.length, list.map((a) => h("div", { class: "item" },
    h("div", { class: "row" },
      h("span", {}, h("span", { class: `tag ${tones[a.severity] || "plain"}` }, a.severity), a.name.replaceAll("_", " ")),
      h("span", { class: "dim small" }, clock(a.at))),
    h("p", { class: "small" }, a.text),
    a.acknowledged_by ? h("p", { class: "dim small" }, `Acknowledged by ${a.acknowledged_by}`) :
      may("ack") ? h("div", { class: "buttons" }, h("button", { onclick: () => act("ack", a) }, "Acknowledge")) : null)));
}

function positions(list, working) {
  const waiting = working ? h("div", { class: "item dim" }, `${working} entry order${working > 1 ? "s" : ""} working`) : null;
  if (!list.length && !waiting) return card("Positions", null, h("div", { class: "dim" }, "Flat."));
  return card("Positions", list.length, list.map((p) => h("div", { class: "item" },
    h("div", { class: "row" }, h("span", {}, p.pair), h("span", { class: tone(p.unrealised) }, signed(p.unrealised))),
    h("p", { class: "dim small" }, `${p.side} ${number(p.leverage, 0)}x · ${number(p.notional)} held · stop ${price(p.stop_price)}` +
      (p.liquidation_price ? ` · liquidation ${price(p.liquidation_price)}` : "")))), waiting);
}
const price = (value) => value === null || value === undefined ? "none" : Number(value).toPrecision(6).replace(/\.?0+$/, "");

const settings = (changes) => (changes || []).map((c) =>
  h("p", { class: "small" }, `${c.key}: ${shown(c.from)} → `, h("b", {}, shown(c.to))));
const shown = (value) => value === null || value === undefined ? "off" : String(value);
const names = (by) => [].concat(by || []).join(", ") || "?";

const inWords = (change) => (change.changes || []).map((c) => `${c.key}: ${shown(c.from)} → ${shown(c.to)}`).join("; ") +
  (change.pair ? ` (${change.pair})` : "");

function waiting(title, aside, changes, reason, ...buttons) {
  return h("div", { class: "item" },
    h("div", { class: "row" }, h("span", {}, title), h("span", { class: "dim small" }, aside)),
    settings(changes), reason ? h("p", { class: "dim small" }, reason) : null,
    buttons.some(Boolean) ? h("div", { class: "buttons" }, buttons) : null);
}

function proposals(data, may, act) {
  const open = data.proposals || [], held = data.overrides || [], file = data.unacknowledged;
  if (!open.length && !held.length && !file) return null;
  const button = (command, label, about) => may(command) ? h("button", { onclick: () => act(command, about) }, label) : null;
  return card("Changes of limits", null,
    file ? waiting("The file loosens limits", "not in force", file.changes, null, button("acknowledge-limits", "Accept the file", { text: inWords(file) })) : null,
    open.map((p) => waiting(`Proposed by ${names(p.by)}`, p.pair || "all pairs", p.changes, p.reason,
      button("approve", "Approve", { id: p.proposal, text: inWords(p) }), button("reject", "Reject", { id: p.proposal, text: inWords(p) }))),
    held.map((o) => waiting(`${o.pair}: limits of its own`, o.once ? "next entry" : `until ${clock(o.until)}`, o.changes, o.reason,
      button("end-override", "End now", { id: o.override, text: inWords(o) }))));
}

function refusals(list) {
  if (!list.length) return card("Refused entries", null, h("div", { class: "dim" }, "None of late."));
  return card("Refused entries", null, list.map((r) => h("div", { class: "item" },
    h("div", { class: "row" }, h("span", {}, r.pair), h("span", { class: "dim small" }, clock(r.at))),
    h("p", { class: "small" }, r.reasons.length ? r.reasons[0].text : "no reason was recorded"))));
}

export function overview(data, act) {
  const status = data.status, may = (command) => data.session.may.includes(command);
  const notices = [];
  if (status.silent) notices.push(["bad", `The bot has been silent for ${ago(status.age_s)}. These figures are old.`]);
  if (status.emergency.active) notices.push(["bad", `Emergency mode, by ${status.emergency.by} since ${clock(status.emergency.since)}.`]);
  if (status.closing.active) notices.push(["bad", `Closing everything, by ${status.closing.by}: ${status.positions.length} positions left.`]);
  if (!status.trusted) notices.push(["watch", `The balance is doubted: ${status.untrusted_reason}`]);
  const made = notices.map(([kind, text]) => h("p", { class: `notice wide ${kind}`, role: "alert" }, text));
  return [...made,
    h("div", { class: "column" }, state(status), gauges(data.used, status)),
    h("div", { class: "column" }, alerts(data.alerts, may, act), proposals(data, may, act),
      positions(status.positions, status.working_entries), refusals(data.refusals))];
}

export function orders(data, act) {
  const may = (command) => data.session.may.includes(command);
  const status = data.status, stopped = ["open", "latched"].includes(status.breaker.state);
  const buttons = [];
  const add = (command, label, kind, off) =>
    may(command) && buttons.push(h("button", { class: kind, disabled: off, onclick: () => act(command) }, label));
  if (stopped) add("rearm", "Re-arm", "go");
  if (status.breaker.state !== "latched") add("trip", "Trip", "watch");
  if (status.emergency.active) add("emergency-off", "End emergency", "go");
  else add("emergency-on", "Emergency", "bad");
  add("close-all", "Close all", "bad", status.closing.active);
  if (!status.trusted) add("confirm-balance", "Confirm balance", "watch");
  return buttons;
}
