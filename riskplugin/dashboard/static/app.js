// Runs the page: looks every few seconds, draws, opens sheets.
import { ask } from "./api.js";
import { enterBot, order, ownPassword, secondFactor, signIn } from "./sheet.js";
import { h, orders, overview } from "./view.js";

const EVERY = 2500;
const at = (id) => document.getElementById(id);
let bot = new URLSearchParams(location.search).get("bot") || "";
let seen = "", failedSince = 0, timer = 0;

function toast(text) {
  at("toast").textContent = text;
  at("toast").hidden = false;
  setTimeout(() => { at("toast").hidden = true; }, 6000);
}

function trouble(text) {
  at("trouble").hidden = !text;
  at("trouble").textContent = text;
  at("live").className = text ? "dot bad" : "dot good";
}

const act = (command, about) => order(command, about, bot, (said) => { toast(said); look(); });

function who(session) {
  const owed = session.owes[0];
  at("who").textContent = session.name ? `${session.name}${session.role ? ` · ${session.role.replace("_", " ")}` : ""}` : "";
  const [label, open] =
    session.signed_in && owed ? [owed.includes("password") ? "Set password" : "Set up second factor", owed.includes("password") ? ownPassword : secondFactor] :
    session.signed_in ? ["Sign out", leave] :
    session.registered ? ["Sign in", signIn] : ["", null];
  at("door").hidden = !label;
  at("door").textContent = label;
  at("door").onclick = () => open(look);
}

async function leave(done) {
  await ask("logout", "POST");
  done();
}

function choose(session) {
  const many = session.bots.length > 1;
  if (!session.bots.includes(bot)) bot = session.bots[0] || "";
  at("bots").hidden = !many;
  at("bot").hidden = many;
  at("bot").textContent = bot || "risk";
  if (many && at("bots").childElementCount !== session.bots.length) {
    at("bots").replaceChildren(...session.bots.map((name) => h("option", { value: name }, name)));
  }
  at("bots").value = bot;
}

function draw(data) {
  const same = JSON.stringify({ ...data, status: { ...data.status, at: 0, age_s: data.status.silent ? Math.round(data.status.age_s / 10) : 0 } });
  if (same === seen) return;
  seen = same;
  at("main").className = data.status.silent ? "old" : "";
  at("main").replaceChildren(...overview(data, act));
  const buttons = orders(data, act);
  at("orders").hidden = !buttons.length;
  at("orders").replaceChildren(h("div", {}, buttons));
  document.title = `${data.status.breaker.state === "closed" ? "" : "! "}${data.status.bot}`;
}

async function once() {
  const session = await ask("session");
  who(session);
  choose(session);
  if (!session.may_read) {
    at("main").replaceChildren();
    at("orders").hidden = true;
    seen = "";
    if (!at("sheet").open) signIn(look, true);
    return;
  }
  if (!bot) throw new Error("No bot has written to this ledger yet.");
  draw(await ask(`overview?bot=${encodeURIComponent(bot)}`));
}

async function look() {
  clearTimeout(timer);
  try {
    await once();
    failedSince = 0;
    trouble("");
  } catch (error) {
    if (error.status === 401 && !error.atPerson) { if (!at("sheet").open) enterBot(look); trouble("Sign in to the bot first."); }
    else {
      failedSince ||= Date.now();
      const lost = error instanceof TypeError || error.name === "TimeoutError";
      const gone = Math.round((Date.now() - failedSince) / 1000);
      trouble(lost ? `No connection for ${gone} s. What you see is old.` : error.message);
      if (lost) at("main").className = "old";
      seen = "";
    }
  }
  timer = setTimeout(look, document.hidden ? 10 * EVERY : EVERY);
}

at("bots").addEventListener("change", (event) => { bot = event.target.value; seen = ""; look(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
look();
