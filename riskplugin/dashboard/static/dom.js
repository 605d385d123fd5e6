// Makes elements and writes figures. Text goes in as text, never as markup.
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return made;
}

const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
const rounded = (value, digits) => Math.abs(value) < 0.5 / 10 ** digits ? 0 : Number(value);

export const number = (value, digits = 2) => !known(value) ? "?" :
  rounded(value, digits).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
export const signed = (value, digits = 2) => (known(value) && rounded(value, digits) > 0 ? "+" : "") + number(value, digits);
export const percent = (value, digits = 2) => `${number(value, digits)} %`;
export const tone = (value) => !known(value) || rounded(value, 2) === 0 ? "dim" : value < 0 ? "bad-text" : "good-text";
export const price = (value) => !known(value) ? "none" : Number(value).toPrecision(6).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
// Any figure, as short as it stays true.
export const figure = (value) => typeof value === "boolean" ? (value ? "yes" : "no") : typeof value !== "number" ? String(value ?? "none") :
  Number.isInteger(value) ? value.toLocaleString("en-US") : String(Number(value.toPrecision(6)));

const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const sameDay = (a, b) => a.toDateString() === b.toDateString();
export function clock(iso, seconds = false) {
  if (!iso) return "";
  const at = new Date(iso), time = at.toLocaleTimeString("en-GB", seconds ? { ...HOUR, second: "2-digit" } : HOUR);
  if (sameDay(at, new Date())) return time;
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: at.getFullYear() === new Date().getFullYear() ? undefined : "numeric" });
  return `${day} ${time}`;
}
export function ago(seconds) {
  if (!known(seconds)) return "?";
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}
export const words = (name) => String(name).replaceAll("_", " ");

// A card is drawn anew only when what it shows has changed; whoever stood in it stays there.
const shown = new Map();
export function place(id, data, draw) {
  const card = document.getElementById(id), text = JSON.stringify(data);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const at = card.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const inside = data === null ? [] : [draw(data)].flat(3).filter(Boolean);
  card.replaceChildren(...inside);
  card.hidden = !inside.length;
  if (at) card.querySelector(`[data-key="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}
export function forget() { shown.clear(); }

export const heading = (text, ...more) => h("h2", {}, text, more.map((m) => h("span", { class: "count" }, m)));

// How full something is; the mark shows where the warning begins.
export function bar(value, warn, trip, kind) {
  const full = trip || 100, part = Math.min(1, Math.max(0, (value || 0) / full));
  const level = kind || (trip && value >= trip ? "bad" : warn && value >= warn ? "watch" : "good");
  const fill = h("i", { class: level });
  fill.style.width = `${100 * part}%`;
  const mark = warn && warn < full ? h("u") : null;
  if (mark) mark.style.left = `${(100 * warn) / full}%`;
  return h("div", { class: "bar", "aria-hidden": "true" }, fill, mark);
}
