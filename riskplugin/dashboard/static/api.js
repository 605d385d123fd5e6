// Asks the server. Knows the two doors: the bot's own login, and a person's sign-in (a cookie that
// no script can read).
const BASE = "api/v1/risk/";
const KEPT = "riskplugin.bot-login";

export class Refusal extends Error {
  constructor(status, body, person) {
    super(sentence(status, body));
    this.status = status;
    this.wantsCode = body.wants_code === true;
    this.atPerson = person;
  }
}

function sentence(status, body) {
  const problems = (body.problems || []).map((p) => `${p.where.replace(/^body\./, "")}: ${p.what}`);
  return problems.length ? problems.join("; ") : body.detail || `the server answers ${status}`;
}

function login() {
  try { return JSON.parse(sessionStorage.getItem(KEPT)); } catch { return null; }
}

export function key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

async function send(path, method, body, more) {
  const headers = { "X-Risk-Page": "1", ...more };
  const known = login();
  if (known) headers.Authorization = `Bearer ${known.access_token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const stop = AbortSignal.timeout ? AbortSignal.timeout(20000) : undefined;
  return fetch(BASE + path, {
    method, headers, signal: stop, cache: "no-store", credentials: "same-origin",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

async function again() {
  const known = login();
  if (!known) return false;
  const answer = await fetch("api/v1/token/refresh", {
    method: "POST", headers: { Authorization: `Bearer ${known.refresh_token}` },
  });
  if (!answer.ok) { sessionStorage.removeItem(KEPT); return false; }
  sessionStorage.setItem(KEPT, JSON.stringify({ ...known, ...(await answer.json()) }));
  return true;
}

export async function ask(path, method = "GET", body = undefined, more = {}) {
  let answer = await send(path, method, body, more);
  const atPerson = () => (answer.headers.get("WWW-Authenticate") || "").startsWith("RiskToken");
  if (answer.status === 401 && !atPerson() && (await again())) {
    answer = await send(path, method, body, more);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, said, atPerson());
  return said;
}

export async function botLogin(name, password) {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  const basic = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
  const answer = await fetch("api/v1/token/login", {
    method: "POST", headers: { Authorization: `Basic ${basic}` },
  });
  if (!answer.ok) throw new Refusal(answer.status, { detail: "The bot does not know this login." }, false);
  sessionStorage.setItem(KEPT, JSON.stringify(await answer.json()));
}
