// The decisions on entries, newest first: filtered, each opens to what every rule said.
import { ask } from "./api.js";
import { clock, figure, h, number, words } from "./dom.js";

const PAGE = 25, KEPT = 500, AGAIN = 1200;
const KINDS = { allowed: "good", capped: "watch", refused: "bad" };
const at = (id) => document.getElementById(id);
let bot = "", newest = 0, next = null, run = 0, pending = 0, lastAsked = 0, head = 0;

const filter = () => ({ pair: at("f-pair").value.trim(), verdict: at("f-verdict").value, rule: at("f-rule").value });
const query = (more) => {
  const asked = new URLSearchParams({ bot, limit: String(PAGE) });
  for (const [name, value] of Object.entries({ ...filter(), ...more })) if (value !== "" && value !== null) asked.set(name, value);
  return `decisions?${asked}`;
};

const facts = (title, list) => list.length ? h("div", {}, h("h3", {}, title), h("dl", { class: "facts" }, list.map((f) =>
  h("div", {}, h("dt", {}, words(f.name)), h("dd", {}, figure(f.value)))))) : null;

function rule(judged) {
  const said = judged.verdict === "allowed" ? "nothing against it" : judged.verdict === "refused" ? "refused" : `at most ${number(judged.stake)}`;
  const kind = judged.verdict === "allowed" ? "plain" : judged.counts ? KINDS[judged.verdict] : "plain";
  return h("li", { class: judged.verdict === "allowed" ? "quiet" : "" },
    h("span", { class: `tag ${kind}` }, judged.counts ? said : `only observed: ${said}`), h("b", {}, words(judged.rule)),
    judged.text ? h("p", { class: "small" }, judged.text) : null);
}

async function open(details, seq) {
  const inside = details.querySelector(".inside");
  if (!details.open || inside.childElementCount) return;
  inside.setAttribute("aria-busy", "true");
  try {
    const it = await ask(`decisions/${seq}?bot=${encodeURIComponent(bot)}`);
    const objecting = it.rules.filter((r) => r.verdict !== "allowed"), content = it.rules.filter((r) => r.verdict === "allowed");
    inside.replaceChildren(
      h("ul", { class: "rules" }, objecting.map(rule)),
      h("p", { class: "small dim" }, `${content.length} of ${it.rules.length} rules had nothing against it: ${content.map((r) => words(r.rule)).join(", ")}.`),
      h("div", { class: "both" }, facts("The entry", [{ name: "stake", value: it.proposed }, { name: "leverage", value: it.leverage }, ...it.asked]), facts("The account then", it.basis)),
      h("p", { class: "dim small" }, `Record ${number(it.seq, 0)}, asked at ${it.point}, limits ${it.limits || "unknown"}.`));
  } catch (trouble) {
    inside.replaceChildren(h("p", { class: "small bad-text" }, trouble.message));
    details.addEventListener("toggle", () => { if (!details.open) inside.replaceChildren(); }, { once: true });
  }
  inside.removeAttribute("aria-busy");
}

function row(d) {
  const why = d.reasons[0], more = d.reasons.length - 1;
  const size = d.verdict === "refused" ? number(d.proposed) : d.verdict === "capped" ? `${number(d.proposed)} → ${number(d.stake)}` : number(d.stake);
  const details = h("details", { "data-seq": d.seq },
    h("summary", {},
      h("span", { class: "when dim" }, clock(d.at, true)),
      h("span", { class: "what" }, h("span", { class: `tag ${KINDS[d.verdict]}` }, d.verdict), h("b", {}, d.pair), h("span", { class: `side ${d.side}` }, d.side),
        d.kind !== "open" ? h("span", { class: "tag plain" }, words(d.kind)) : null),
      h("span", { class: "size" }, size),
      h("span", { class: "why dim" }, why ? [h("b", {}, `${words(why.rule)}: `), why.text, more > 0 ? ` (and ${more} more)` : ""] :
        d.observed.length ? `only observed: ${d.observed[0].text}` : "no rule objected")),
    h("div", { class: "inside" }));
  details.addEventListener("toggle", () => open(details, d.seq));
  return h("li", {}, details);
}

const list = () => at("d-list");
const say = (text) => { at("d-said").textContent = text; };
function trimmed() { while (list().childElementCount > KEPT) list().lastElementChild.remove(); }

// The server answers in a tenth of a second with what it has found by then: go on until there is
// enough to look at, and say how far it came.
async function older(fresh) {
  const mine = fresh ? ++run : run;
  const asked = filter(), some = Object.values(asked).some(Boolean);
  at("d-older").disabled = true;
  let found = 0, before = fresh ? null : next;
  try {
    do {
      const told = await ask(query({ before, limit: PAGE - found }));
      if (mine !== run) return;
      if (fresh && !found && before === null) { list().replaceChildren(); newest = Math.max(head, told.decisions.length ? told.decisions[0].seq : 0); }
      found += told.decisions.length;
      list().append(...told.decisions.map(row));
      next = before = told.next;
      say(next === null ? "" : `Searched back to ${clock(told.reached, true)} …`);
    } while (next !== null && found < PAGE && list().childElementCount < KEPT);
    const count = list().childElementCount;
    say(next === null ? (count ? `${count} decision${count > 1 ? "s" : ""}, that is all${some ? " that fits" : ""}.` : some ? "No decision fits." : "Nothing was decided yet.") : "");
    at("d-older").hidden = next === null || count >= KEPT;
  } catch (trouble) { if (mine === run) say(trouble.message); }
  at("d-older").disabled = false;
}

async function newer() {
  const mine = run, behind = head;
  lastAsked = performance.now();
  try {
    const told = await ask(query({ after: newest }));
    if (mine !== run) return;
    if (told.next !== null && told.decisions.length) { older(true); return; }
    newest = Math.max(behind, newest);
    list().prepend(...told.decisions.map(row));
    trimmed();
    if (told.decisions.length && at("d-said").textContent.startsWith("N")) say("");
  } catch { /* the next news tries again */ }
}

// The chain has grown to ``place``: there may be decisions that are not shown yet.
export function grown(of, place) {
  head = place;
  if (of !== bot) { bot = of; newest = place; next = null; list().replaceChildren(); older(true); return; }
  if (place < newest) { older(true); return; }
  if (place === newest || pending) return;
  pending = setTimeout(() => { pending = 0; newer(); }, Math.max(0, AGAIN - (performance.now() - lastAsked)));
}

export function leave() { bot = ""; run += 1; clearTimeout(pending); pending = 0; list().replaceChildren(); say(""); }

let typing = 0;
const changed = (wait) => { clearTimeout(typing); typing = setTimeout(() => { if (bot) older(true); }, wait); };
at("f-pair").addEventListener("input", () => changed(300));
for (const id of ["f-verdict", "f-rule"]) at(id).addEventListener("change", () => changed(0));
at("d-filter").addEventListener("submit", (event) => { event.preventDefault(); changed(0); });
at("d-filter").addEventListener("reset", () => changed(0));
at("d-older").addEventListener("click", () => older(false));
