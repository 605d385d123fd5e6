// The sheet that rises from below: one order with its reason, or a sign-in.
import { ask, botLogin, key } from "./api.js";
import { h } from "./dom.js";

const sheet = document.getElementById("sheet");
const HOLD = 700;

const ORDERS = {
  trip: ["Trip the breaker", "No entry passes until a person re-arms it. Positions stay; exits pass.", "trip", "watch"],
  rearm: ["Re-arm the breaker", "It goes half-open: small probes pass, and their result decides.", "rearm", "go"],
  "emergency-on": ["Emergency mode", "Small positions only; what exceeds the emergency limits is closed.", "emergency", "bad", { on: true }],
  "emergency-off": ["Leave emergency mode", "The normal limits hold again.", "emergency", "go", { on: false }],
  "close-all": ["Close everything", "Every position is closed at market, working entries are cancelled, the breaker latches.", "close-all", "bad"],
  "confirm-balance": ["Confirm the balance", "What the wallet says is true: a deposit or a withdrawal.", "confirm-balance", "watch"],
  ack: ["Acknowledge", "It climbs to nobody else.", "alerts/{id}/acknowledge", ""],
  "ack-watchdog": ["Acknowledge", "It climbs to nobody else. The watchdog answers at its next look.", "watchdog/alerts/{id}/acknowledge", ""],
  "ack-all": ["Acknowledge all alerts", "They climb to nobody else.", "alerts/acknowledge", ""],
  approve: ["Approve the change", "The limits change as proposed.", "limits/proposals/{id}/approve", "watch"],
  reject: ["Reject the change", "The limits stay as they are.", "limits/proposals/{id}/reject", ""],
  "end-override": ["End the override", "The usual limits hold again for this pair.", "limits/overrides/{id}", "", {}, "DELETE"],
  "acknowledge-limits": ["Accept the file", "The looser limits of the file hold from now on.", "limits/acknowledge", "watch"],
};
const REASONS = {
  stop: ["Market crash", "Strategy misbehaves", "Exchange trouble", "Losing too much", "Drill"],
  go: ["Looked into it", "Market is calm again", "Mended", "Drill"],
  ack: ["I am on it", "Known", "Drill"],
  reject: ["Not now", "Too risky", "A mistake", "Drill"],
  limits: ["Discussed", "As agreed", "Drill"],
};
function reasonsFor(command) {
  if (command in REASONS) return REASONS[command];
  if (command.startsWith("ack-") && command !== "acknowledge-limits") return REASONS.ack;
  if (["rearm", "emergency-off", "confirm-balance"].includes(command)) return REASONS.go;
  return ORDERS[command][2].startsWith("limits") ? REASONS.limits : REASONS.stop;
}

function close() { sheet.close(); }
function show(...inside) {
  sheet.replaceChildren(...inside);
  if (!sheet.open) sheet.showModal();
}
const cancel = () => h("button", { class: "cancel plain", type: "button", onclick: close }, "Cancel");

// Held for a moment with a finger, or pressed with the keyboard: nothing happens in a pocket.
function held(label, kind, confirm) {
  const button = h("button", { class: `hold ${kind}`, type: "button", disabled: true }, h("i"), label);
  let timer = 0, since = 0;
  const stop = () => { clearTimeout(timer); timer = 0; button.classList.remove("held"); };
  button.addEventListener("pointerdown", (event) => {
    if (button.disabled) return;
    button.classList.add("held");
    since = event.timeStamp;
    timer = setTimeout(() => { stop(); confirm(); }, HOLD);
  });
  // A page that is busy hears late that the time was over: how long it was held counts.
  button.addEventListener("pointerup", (event) => {
    const long = timer && event.timeStamp - since >= HOLD;
    stop();
    if (long) confirm();
  });
  for (const end of ["pointerleave", "pointercancel"]) button.addEventListener(end, stop);
  button.addEventListener("click", (event) => { if (event.detail === 0) confirm(); });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  return button;
}

export function order(command, about, bot, done) {
  const [title, text, path, kind, more = {}, method = "POST"] = ORDERS[command];
  const once = key(), error = h("p", { class: "error", role: "alert" });
  const own = h("input", { placeholder: "or in your own words", maxlength: "500", "aria-label": "reason in your own words" });
  let reason = "", busy = false;
  const chips = reasonsFor(command).map((name) => h("button", { type: "button", "aria-pressed": "false", onclick: (event) => {
    reason = name; own.value = "";
    chips.forEach((chip) => chip.setAttribute("aria-pressed", String(chip === event.currentTarget)));
    ready();
  } }, name));
  const button = held("Hold to confirm", kind, async () => {
    if (busy) return;
    busy = true; button.disabled = true; error.textContent = "";
    try {
      const where = path.replace("{id}", about ? about.id : "") + (bot ? `?bot=${encodeURIComponent(bot)}` : "");
      const body = { reason: own.value.trim() || reason, confirm: true, ...more, ...(about && about.seen) };
      const said = await ask(where, method, body, { "Idempotency-Key": once });
      close();
      done(said.state === "waiting" ? `${title}: left for the bot, which has not answered yet` : `${title}: ${said.outcome}`);
    } catch (trouble) {
      error.textContent = trouble.message; busy = false; ready();
    }
  });
  const ready = () => { button.disabled = busy || !(own.value.trim() || reason); };
  own.addEventListener("input", () => { reason = ""; chips.forEach((chip) => chip.setAttribute("aria-pressed", "false")); ready(); });
  show(h("h2", { id: "sheet-title" }, title), h("p", { class: "dim" }, about && about.text ? about.text : text),
    h("div", { class: "chips", role: "group", "aria-label": "reason" }, chips), own, button, error, cancel());
}

function field([name, said, { list, ...props }]) {
  return h("label", {}, said, list ? h("select", { name, required: true, ...props }, list.map((each) => h("option", {}, each))) :
    h("input", { name, required: true, ...props }));
}

export function form(title, text, fields, label, send, stays) {
  const error = h("p", { class: "error", role: "alert" });
  const made = h("form", { method: "dialog" }, fields.map(field), error,
    h("button", { class: "hold primary", type: "submit" }, label), stays ? null : cancel());
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(made));
    try { error.textContent = ""; await send(values); } catch (trouble) { error.textContent = trouble.message; }
  });
  show(h("h2", { id: "sheet-title" }, title), h("p", { class: "dim" }, text), made);
  return made;
}

export function enterBot(done) {
  form("Sign in to the bot", "The login of its API server.", [
    ["name", "User", { autocomplete: "username", autocapitalize: "none" }],
    ["password", "Password", { type: "password", autocomplete: "current-password" }],
  ], "Sign in", async (v) => { await botLogin(v.name, v.password); close(); done(); }, true);
}

const codeField = ["code", "Code of your second factor", { inputmode: "numeric", autocomplete: "one-time-code", pattern: "[0-9]{6,8}" }];

export function signIn(done, must) {
  form("Sign in", "Orders are recorded with your name.", [
    ["name", "Name", { autocomplete: "username", autocapitalize: "none" }],
    ["password", "Password", { type: "password", autocomplete: "current-password" }],
  ], "Sign in", async (v) => {
    try { await ask("login", "POST", v); close(); done(); } catch (trouble) {
      if (!trouble.wantsCode) throw trouble;
      form("Second factor", "The code that your app shows now.", [codeField], "Sign in",
        async ({ code }) => { await ask("login", "POST", { ...v, code }); close(); done(); }, must);
    }
  }, must);
}

export function ownPassword(done) {
  form("Set a password of your own", "At least 12 characters. Somebody else knows the one you have.", [
    ["password", "Password now", { type: "password", autocomplete: "current-password" }],
    ["new_password", "New password", { type: "password", autocomplete: "new-password", minlength: "12" }],
  ], "Set it", async (v) => { await ask("password", "POST", v); close(); done(); });
}

export function secondFactor(done) {
  form("Set up your second factor", "Your role needs one.", [
    ["password", "Your password", { type: "password", autocomplete: "current-password" }],
  ], "Go on", async (v) => {
    const begun = await ask("second-factor", "POST", v);
    form("Second factor", "Add this key to your authenticator app, then enter the code it shows.", [codeField], "Confirm",
      async ({ code }) => { await ask("second-factor/confirm", "POST", { code }); close(); done(); });
    sheet.querySelector("form").prepend(h("code", { class: "secret" }, begun.secret),
      h("p", { class: "small" }, h("a", { href: begun.uri }, "Open in the app on this phone")));
  });
}
