// Keeps the page's figures fresh: a stream of news, or a question now and then where none can be
// had. A page that nobody sees asks nothing and holds no stream.
import { ask, openStream } from "./api.js";

const EVERY = 2500, QUIET = 25000, FIRST = 6000, STREAM_AGAIN = 30000, HIDDEN = 2000;

export function follow({ topic, news, refused, lost, found }) {
  let run = 0, stop = null, timer = 0, hiding = 0, failures = 0, noStreamUntil = 0;

  function later(work, wait) { clearTimeout(timer); timer = setTimeout(work, wait); }
  function end() { run += 1; clearTimeout(timer); stop?.abort(); stop = null; }

  async function poll(mine) {
    const bot = topic();
    const told = bot === "" ? { bots: await ask("bots") } : await ask(`overview?bot=${encodeURIComponent(bot)}`);
    if (mine === run) { failures = 0; found(); news(bot === "" ? "bots" : "standing", bot === "" ? told.bots : told); }
  }

  async function stream(mine) {
    const mark = { heard: performance.now(), any: false };
    stop = new AbortController();
    const mySignal = stop;
    const guard = setInterval(() => {
      if (performance.now() - mark.heard > (mark.any ? QUIET : FIRST)) { if (!mark.any) noStreamUntil = Date.now() + STREAM_AGAIN; mySignal.abort(); }
    }, 1000);
    try {
      await openStream(topic(), mySignal.signal, (kind, data) => {
        mark.heard = performance.now();
        if (mine !== run || kind === "") return;
        mark.any = true; failures = 0;
        if (kind === "bye") throw Object.assign(new Error("sign in again"), { status: 401, atPerson: true });
        found();
        if (kind === "trouble") lost(data.detail, false); else news(kind, data);
      });
    } finally { clearInterval(guard); }
  }

  async function go() {
    if (document.hidden) return;
    end();
    const mine = run;
    try {
      if (Date.now() < noStreamUntil) { await poll(mine); if (mine === run) later(go, EVERY); return; }
      await stream(mine);
      if (mine === run) later(go, 500);
    } catch (error) {
      if (mine !== run) return;
      failures += 1;
      if (error.status === 404 || error.status === 503 && error.path === "stream") { noStreamUntil = Date.now() + STREAM_AGAIN; later(go, 0); return; }
      if (error.status === 401) { refused(error); return; }
      if (error.name === "AbortError") { later(go, 0); return; }
      lost(error.message, error instanceof TypeError || error.name === "TimeoutError");
      later(go, Math.min(15000, 1000 * 2 ** Math.min(failures - 1, 4)));
    }
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(end, HIDDEN);
    else if (!stop || stop.signal.aborted || failures) go();
  });
  window.addEventListener("online", go);
  return { go, end, once: () => poll(run).catch(() => undefined) };
}
