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

function headersFor(more) {
  const known = login();
  return { "X-Risk-Page": "1", ...(known ? { Authorization: `Bearer ${known.access_token}` } : {}), ...more };
}

async function send(path, method, body, more) {
  const headers = headersFor(more);
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

const atPerson = (answer) => (answer.headers.get("WWW-Authenticate") || "").startsWith("RiskToken");

// Server-sent events by fetch: an EventSource could not bring the bot's login. Each event is told
// as (kind, data); a sign of life as ("", null). Ends when the server ends the stream.
export async function openStream(bot, signal, told) {
  const open = () => fetch(`${BASE}stream${bot ? `?bot=${encodeURIComponent(bot)}` : ""}`, { headers: headersFor(), signal, cache: "no-store", credentials: "same-origin" });
  let answer = await open();
  if (answer.status === 401 && !atPerson(answer) && (await again())) answer = await open();
  if (!answer.ok) {
    const refusal = new Refusal(answer.status, await answer.json().catch(() => ({})), atPerson(answer));
    throw Object.assign(refusal, { path: "stream" });
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    told("", null);
    for (const part of parts) {
      const lines = part.split("\n"), kind = lines.find((l) => l.startsWith("event: ")), data = lines.find((l) => l.startsWith("data: "));
      if (kind) told(kind.slice(7), JSON.parse(data.slice(6)));
    }
  }
}

export async function ask(path, method = "GET", body = undefined, more = {}) {
  let answer = await send(path, method, body, more);
  if (answer.status === 401 && !atPerson(answer) && (await again())) {
    answer = await send(path, method, body, more);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, said, atPerson(answer));
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
