// Runs the page: who is here, which bot is meant, what is drawn when news comes.
import { ask } from "./api.js";
import * as cards from "./cards.js";
import * as chart from "./chart.js";
import * as decisions from "./decisions.js";
import { ago, forget, h, place, words } from "./dom.js";
import { fleet } from "./fleet.js";
import { follow } from "./live.js";
import { propose } from "./propose.js";
import { enterBot, order, ownPassword, secondFactor, signIn } from "./sheet.js";

const at = (id) => document.getElementById(id);
const CARDS = ["notices", "card-state", "card-used", "card-alerts", "card-changes", "card-positions", "card-exposure", "card-health"];
const wanted = () => new URLSearchParams(location.search).get("bot") || "";
let session = null, standing = null, bot = wanted(), heard = 0, age = 0, failedSince = 0, toasting = 0, before = "";

function toast(text) {
  at("toast").textContent = text;
  at("toast").hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => { at("toast").hidden = true; }, 6000);
}

function trouble(text) {
  if (at("trouble").textContent !== text) at("trouble").textContent = text;
  at("trouble").hidden = !text;
  at("live").className = text ? "dot bad" : "dot good";
}

const done = (said) => { toast(said); live.once(); };
function act(command, about) {
  if (command === "propose") propose(bot, done); else order(command, about, bot, done);
}

function who() {
  const owed = session.owes[0];
  at("who").textContent = session.name ? `${session.name}${session.role ? ` · ${session.role.replace("_", " ")}` : ""}` : "";
  const [label, open] =
    session.signed_in && owed ? [owed.includes("password") ? "Set password" : "Set up second factor", owed.includes("password") ? ownPassword : secondFactor] :
    session.signed_in ? ["Sign out", leave] :
    session.registered ? ["Sign in", signIn] : ["", null];
  at("door").hidden = !label;
  at("door").textContent = label;
  at("door").onclick = () => open(start);
}

async function leave(after) {
  await ask("logout", "POST");
  after();
}

const many = () => session !== null && session.bots.length > 1;
function choose() {
  if (!session.bots.includes(bot)) bot = many() ? "" : session.bots[0] || "";
  if (at("f-rule").options.length === 1) at("f-rule").append(...session.rules.map((name) => h("option", { value: name }, words(name))));
  at("bots").hidden = !many();
  at("bot").textContent = bot || (many() ? "All bots" : "risk");
  at("bot").className = many() ? "unseen" : "";
  const listed = ["", ...session.bots];
  if (many() && [...at("bots").options].map((o) => o.value).join("\n") !== listed.join("\n")) {
    at("bots").replaceChildren(...listed.map((name) => h("option", { value: name }, name || "All bots")));
  }
  at("bots").value = bot;
}

function go(to, push = true) {
  if (push) history.pushState(null, "", to ? `risk?bot=${encodeURIComponent(to)}` : "risk");
  bot = to; standing = null; before = "";
  forget(); chart.leave(); decisions.leave(); clear();
  choose();
  scrollTo(0, 0);
  live.go();
}

function clear() {
  for (const id of [...CARDS, "card-fleet", "orders"]) { at(id).replaceChildren(); at(id).hidden = true; }
  at("one").hidden = true;
  at("age").textContent = "";
}

// What a screen reader hears without being asked: the breaker, and a new critical alert.
function speak({ status, alerts }) {
  const worst = alerts.find((a) => a.severity === "critical" && !a.acknowledged_by);
  const now = `${status.breaker.state}${status.emergency.active ? ", emergency mode" : ""}${worst ? `, critical alert: ${worst.text}` : ""}`;
  if (before && before !== now) at("say").textContent = `Breaker ${now.replace("_", "-")}`;
  before = now;
}

function drawn(data) {
  standing = data;
  const { status } = data, may = session.may;
  place("notices", { status: { silent: status.silent, emergency: status.emergency, closing: status.closing, trusted: status.trusted, untrusted_reason: status.untrusted_reason, positions: status.closing.active ? status.positions : [] } }, cards.notices);
  const dry = data.health.run_mode === "dry_run" || data.health.run_mode === "dry-run";
  place("card-state", { status: { ...status, at: 0, age_s: 0, loop: 0, positions: 0 }, mode: dry ? "dry run" : data.health.run_mode || "unknown mode" }, cards.state);
  place("card-used", { used: data.used, score: status.score }, cards.gauges);
  place("card-alerts", { list: data.alerts, mayAck: may.includes("ack") }, (told) => cards.alerts({ ...told, act }));
  place("card-changes", { proposals: data.proposals, overrides: data.overrides, file: data.unacknowledged, may }, (told) => cards.changes({ ...told, act }));
  place("card-positions", { list: data.holdings, working: status.working_entries }, cards.positions);
  place("card-exposure", { list: data.exposure }, cards.exposure);
  place("card-health", { health: { ...data.health, at: data.health.silent ? data.health.at : 0, age_s: 0, watchdog: data.health.watchdog && { ...data.health.watchdog, age_s: 0, at: data.health.watchdog.silent ? data.health.watchdog.at : 0 } }, doubt: status.trusted ? "" : status.untrusted_reason }, cards.health);
  place("orders", { may, status: { breaker: { state: status.breaker.state }, emergency: { active: status.emergency.active }, closing: { active: status.closing.active }, trusted: status.trusted } }, (told) => cards.orders({ ...told, act }));
  at("one").hidden = false;
  at("main").className = status.silent ? "old" : "";
  document.title = `${status.breaker.state === "closed" ? "" : "! "}${status.bot} · risk`;
  speak(data);
  // After the figures: neither the chart nor the list may hold them up.
  requestAnimationFrame(() => setTimeout(() => { if (standing) { chart.looked(bot, standing.status); decisions.grown(bot, standing.head); } }));
}

function news(kind, data) {
  heard = performance.now();
  if (kind === "bots") {
    at("one").hidden = true;
    place("card-fleet", { bots: data.map((b) => ({ ...b, at: b.at && 0, age_s: b.age_s > 60 ? Math.round(b.age_s / 30) * 30 : 0 })) }, (told) => fleet({ ...told, go }));
    age = 0;
    const bad = data.filter((b) => b.tone === "bad").length;
    document.title = `${bad ? `! ${bad} of ` : ""}${data.length} bots · risk`;
    return;
  }
  if (data.session) { session = data.session; who(); }
  age = data.status.age_s;
  drawn(data);
}

function found() { failedSince = 0; trouble(""); }
function lost(text, gone) {
  failedSince ||= performance.now();
  if (gone) at("main").className = "old";
  trouble(gone ? `No connection for ${ago((performance.now() - failedSince) / 1000)}. What you see is old.` : text);
}
function refused(error) {
  if (error.atPerson) { start(); return; }
  trouble("Sign in to the bot first.");
  if (!at("sheet").open) enterBot(start);
}

const live = follow({ topic: () => bot, news, refused, lost, found });

async function start() {
  try {
    session = await ask("session");
  } catch (error) {
    if (error.status === 401) refused(error);
    else { lost(error.message, error instanceof TypeError); setTimeout(start, 3000); }
    return;
  }
  who();
  choose();
  if (!session.may_read) {
    live.end(); clear(); forget(); standing = null;
    if (!at("sheet").open) signIn(start, true);
    return;
  }
  if (!session.bots.length) { trouble("No bot has written to this ledger yet."); setTimeout(start, 5000); return; }
  if (standing) drawn(standing);
  live.go();
}

setInterval(() => {
  if (document.hidden || !session) return;
  const since = age + (performance.now() - heard) / 1000;
  at("age").textContent = standing && bot ? `looked ${ago(since)} ago` : "";
}, 1000);
setInterval(async () => {
  if (document.hidden || !session || at("sheet").open) return;
  try { session = await ask("session"); who(); choose(); if (standing) drawn(standing); } catch { /* the stream says what is wrong */ }
}, 60000);

at("bots").addEventListener("change", (event) => go(event.target.value));
window.addEventListener("popstate", () => go(wanted(), false));
start();
