// The cards of one bot: what the server told, drawn.
import { ago, bar, clock, h, heading, number, percent, price, signed, tone, words } from "./dom.js";

const NAMES = { day: "Today", drawdown: "Drawdown", exposure: "Exposure", score: "Risk score", positions: "Positions" };
const STATES = {
  closed: ["good", "Trading", () => "Breaker closed. Entries pass inside the limits."],
  half_open: ["watch", "Testing", (b) => `Breaker half-open: small probes only. ${b.half_open.wins} won, ${b.half_open.losses} lost.`],
  open: ["bad", "Stopped", (b) => `Breaker open until ${clock(b.open_until)}. No entries; exits pass.`],
  latched: ["bad", "Latched", (b) => `By ${b.latched_by}. No entries until a person re-arms it.`],
};

export function notices({ status }) {
  const made = [];
  if (status.silent) made.push(["bad", "The bot has been silent for more than a minute. These figures are old."]);
  if (status.emergency.active) made.push(["bad", `Emergency mode, by ${status.emergency.by} since ${clock(status.emergency.since)}.`]);
  if (status.closing.active) made.push(["bad", `Closing everything, by ${status.closing.by}: ${status.positions.length} positions left.`]);
  if (!status.trusted) made.push(["watch", `The balance is doubted: ${status.untrusted_reason}`]);
  return made.map(([kind, text]) => h("p", { class: `notice ${kind}`, role: "alert" }, text));
}

const fact = (value, label, kind = "", aside = null) => h("div", {}, h("dt", {}, label),
  h("dd", { class: kind }, value), aside ? h("dd", { class: "aside" }, aside) : null);

export function state({ status, mode }) {
  const breaker = status.breaker, now = breaker.state;
  const [kind, title, said] = STATES[now] || ["bad", now, () => ""];
  return h("div", { class: `state ${kind}`, id: "breaker" },
    h("div", { class: "says" },
      h("div", { class: "big" }, title),
      h("div", { class: "tags" },
        h("span", { class: "tag plain" }, mode),
        h("span", { class: `tag ${status.emergency.active ? "bad" : "plain"}` }, status.emergency.active ? "emergency" : "normal limits"),
        breaker.trips ? h("span", { class: "tag plain" }, `${breaker.trips} trip${breaker.trips > 1 ? "s" : ""} in a row`) : null),
      h("p", {}, said(breaker)),
      now === "closed" ? null : breaker.reasons.map((reason) => h("p", { class: "small" }, reason))),
    h("dl", { class: "figures" },
      fact(number(status.equity), "Equity", "", `peak ${number(status.peak_equity)}`),
      fact(`${signed(status.daily_pnl_pct)} %`, "Today", tone(status.daily_pnl_pct)),
      fact(percent(status.drawdown_pct), "Drawdown", status.drawdown_pct > 0.005 ? "bad-text" : "dim"),
      fact(number(status.risk_score, 0), "Risk score", "", status.level)));
}

export function gauges({ used, score }) {
  const parts = Object.entries(score).map(([name, points]) =>
    h("div", {}, h("span", {}, `${words(name)} `, h("b", {}, number(points, 0))), bar(points, null, 100)));
  const left = (g) => g.trip === null || g.value === null ? "" :
    g.value >= g.trip ? "no room left" : `${number(g.trip - g.value, g.unit ? 2 : 0)}${g.unit ? ` ${g.unit}` : ""} left`;
  return [heading("Used of each limit"), used.map((g) => h("div", { class: "gauge" },
    h("div", { class: "row" }, h("span", {}, NAMES[g.name] || g.name),
      h("span", {}, g.text.replace(/^-/, "−"), left(g) ? h("span", { class: "left" }, ` · ${left(g)}`) : null)),
    g.trip === null ? null : bar(g.value, g.warn, g.trip), g.name === "score" ? h("div", { class: "parts" }, parts) : null))];
}

const URGENCY = { critical: "bad", warning: "watch", info: "plain" };
export function alerts({ list, mayAck, act }) {
  if (!list.length) return [heading("Alerts"), h("p", { class: "dim" }, "None open.")];
  const open = list.filter((a) => !a.acknowledged_by && !a.of);
  const button = (a) => h("button", { "data-key": `ack${a.of || ""}${a.id}`, "aria-label": `Acknowledge: ${a.text}`.slice(0, 120), onclick: () => act(a.of ? "ack-watchdog" : "ack", a) }, "Acknowledge");
  return [h("div", { class: "head" }, heading("Alerts", String(list.length)),
    mayAck && open.length > 1 ? h("button", { class: "plain", "data-key": "ack-all", onclick: () => act("ack-all") }, "Acknowledge all") : null),
  h("ul", { class: "items" }, list.map((a) => h("li", { class: "item alert" },
    h("div", { class: "row" },
      h("span", {}, h("span", { class: `tag ${URGENCY[a.severity] || "plain"}` }, a.severity), words(a.name)),
      h("span", { class: "dim small" }, a.of ? "watchdog" : clock(a.at))),
    h("p", { class: "small" }, a.text),
    h("p", { class: "dim small" }, [
      a.acknowledged_by ? `Acknowledged by ${a.acknowledged_by}` : a.levels > 1 ? `Level ${a.level} of ${a.levels}` : "",
      a.count > 1 ? `${a.count} times` : "",
      a.channels_owed && a.channels_owed.length ? `not yet told: ${a.channels_owed.join(", ")}` : "",
    ].filter(Boolean).join(" · ")),
    !a.acknowledged_by && mayAck ? h("div", { class: "buttons" }, button(a)) : null)))];
}

const cell = (label, ...inside) => h("td", { role: "cell", "data-label": label }, inside);
const away = (value) => value === null ? null : h("span", { class: value <= 0 ? "bad-text" : "dim" }, ` ${percent(value, 1)}`);
export function positions({ list, working }) {
  const waiting = working ? h("p", { class: "dim small" }, `${working} entry order${working > 1 ? "s" : ""} working`) : null;
  if (!list.length) return [heading("Positions"), h("p", { class: "dim" }, "Flat."), waiting];
  const head = ["Pair", "Size", "Result", "Stop", "Liquidation", "At risk"];
  return [heading("Positions", String(list.length)),
    h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Open positions" }, h("table", { role: "table" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head.map((t) => h("th", { role: "columnheader", scope: "col" }, t)))),
      h("tbody", { role: "rowgroup" }, list.map((p) => h("tr", { role: "row" },
        h("th", { role: "rowheader", scope: "row" }, p.pair, h("span", { class: `side ${p.side}` }, `${p.side} ${number(p.leverage, 0)}×`)),
        cell("Size", number(p.notional)),
        cell("Result", h("span", { class: tone(p.unrealised) }, signed(p.unrealised))),
        cell("Stop", p.stop_price === null ? h("b", { class: "watch-text" }, "none") : [price(p.stop_price), away(p.stop_pct)]),
        cell("Liquidation", p.liquidation_price === null ? h("span", { class: "dim" }, "none") : [price(p.liquidation_price), away(p.liquidation_pct)]),
        cell("At risk", p.risk === null ? h("b", { class: "watch-text" }, "unknown") : [number(p.risk), h("span", { class: "dim" }, ` ${percent(p.risk_pct)}`)])))))),
    waiting];
}

export function exposure({ list }) {
  if (!list.length) return [heading("Exposure"), h("p", { class: "dim" }, "None.")];
  const of = (e) => e.notional + e.working, sum = (side) => list.filter((e) => !side || e.side === side).reduce((s, e) => s + of(e), 0);
  const most = Math.max(...list.map(of));
  return [heading("Exposure by pair and side"),
    h("ul", { class: "items flat" }, list.map((e) => h("li", { class: "gauge" },
      h("div", { class: "row" }, h("span", {}, e.pair, " ", h("span", { class: `side ${e.side}` }, e.side)),
        h("span", {}, `${number(of(e))} · ${percent(e.share_pct, 1)}`, e.working ? h("span", { class: "left" }, ` · ${number(e.working)} working`) : null)),
      bar(of(e), null, most, e.side)))),
    h("p", { class: "dim small" }, `Gross ${number(sum())} · net ${signed(sum("long") - sum("short"))}`)];
}

const line = (kind, name, said, more) => h("div", { class: "fact" }, h("span", { class: `dot ${kind}`, "aria-hidden": "true" }),
  h("div", {}, h("span", {}, name), h("span", { class: kind === "good" ? "dim" : `${kind}-text` }, said), more));
export function health({ health: it, doubt }) {
  const dog = it.watchdog, chain = it.chain;
  const signedWords = chain.signed === null ? "not signed" : `signed up to ${number(chain.signed, 0)} at ${clock(chain.signed_at)}`;
  return [heading("System"),
    line(it.silent ? "bad" : "good", "Bot", it.silent ? `silent since ${clock(it.at)}` : it.loop_s === null ? "looking" : `looks every ${number(it.loop_s, 1)} s`),
    line(it.prices_s > 120 ? "watch" : "good", "Prices", it.prices_s === null ? "none needed" : `oldest ${ago(it.prices_s)}`),
    line(it.consecutive_errors ? "bad" : "good", "Errors", it.consecutive_errors ? `${it.consecutive_errors} in a row` : "none now",
      it.last_fault ? h("p", { class: "dim small" }, `Last: ${it.last_fault}`) : null),
    line(chain.trouble ? "bad" : "good", "Records", chain.trouble || `${number(chain.records, 0)}, ${signedWords}`),
    line(doubt ? "watch" : "good", "Balance", doubt || "wallet and records agree"),
    dog ? line(dog.silent ? "bad" : dog.findings.length ? "watch" : "good", "Watchdog",
      dog.silent ? `silent since ${clock(dog.at)}` : dog.findings.length ? `${dog.findings.length} finding${dog.findings.length > 1 ? "s" : ""}` : "watching",
      dog.findings.map((f) => h("p", { class: "small" }, f.text))) : line("plain", "Watchdog", "none runs"),
    h("p", { class: "dim small" }, `riskplugin ${it.software}${it.started ? `, running since ${clock(it.started)}` : ""}`)];
}

const limit = (value) => value === null || value === undefined ? "off" : String(value);
const names = (by) => [].concat(by || []).join(", ") || "?";
const inWords = (change) => (change.changes || []).map((c) => `${c.key}: ${limit(c.from)} → ${limit(c.to)}`).join("; ") +
  (change.pair ? ` (${change.pair})` : "");

function waiting(title, aside, changes, reason, ...buttons) {
  return h("li", { class: "item" },
    h("div", { class: "row" }, h("span", {}, title), h("span", { class: "dim small" }, aside)),
    (changes || []).map((c) => h("p", { class: "small" }, `${c.key}: ${limit(c.from)} → `, h("b", {}, limit(c.to)))),
    reason ? h("p", { class: "dim small" }, reason) : null,
    buttons.some(Boolean) ? h("div", { class: "buttons" }, buttons) : null);
}

export function changes({ proposals, overrides, file, may, act }) {
  const can = may.includes("propose");
  if (!proposals.length && !overrides.length && !file && !can) return null;
  const button = (command, label, about, key) => may.includes(command) ?
    h("button", { "data-key": command + key, onclick: () => act(command, about) }, label) : null;
  return [h("div", { class: "head" }, heading("Changes of limits"),
    can ? h("button", { class: "plain", "data-key": "propose", onclick: () => act("propose") }, "Propose a change") : null),
  proposals.length || overrides.length || file ? null : h("p", { class: "dim" }, "None waits, none is overridden."),
  h("ul", { class: "items" },
    file ? waiting("The file loosens limits", "not in force", file.changes, null, button("acknowledge-limits", "Accept the file", { text: inWords(file), seen: { version: file.version } }, "")) : null,
    proposals.map((p) => waiting(`Proposed by ${names(p.by)}`, p.pair || "all pairs", p.changes, p.reason,
      button("approve", "Approve", { id: p.proposal, text: inWords(p) }, p.proposal), button("reject", "Reject", { id: p.proposal, text: inWords(p) }, p.proposal))),
    overrides.map((o) => waiting(`${o.pair}: limits of its own`, o.once ? "next entry" : `until ${clock(o.until)}`, o.changes, o.reason,
      button("end-override", "End now", { id: o.override, text: inWords(o) }, o.override))))];
}

export function orders({ may, status, act }) {
  const stopped = ["open", "latched"].includes(status.breaker.state), buttons = [];
  const add = (command, label, kind, off) => may.includes(command) &&
    buttons.push(h("button", { class: kind, disabled: off, "data-key": command, onclick: () => act(command) }, label));
  if (stopped) add("rearm", "Re-arm", "go");
  if (status.breaker.state !== "latched") add("trip", "Trip", "watch");
  if (status.emergency.active) add("emergency-off", "End emergency", "go");
  else add("emergency-on", "Emergency", "bad");
  add("close-all", "Close all", "bad", status.closing.active);
  if (!status.trusted) add("confirm-balance", "Confirm balance", "watch");
  return buttons.length ? h("div", {}, buttons) : null;
}
