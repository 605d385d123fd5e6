// A change of limits, proposed: the key, its value now, the value that it is to have.
import { ask } from "./api.js";
import { form } from "./sheet.js";

function flat(section, path = "") {
  return Object.entries(section).flatMap(([name, value]) => value !== null && typeof value === "object" && !Array.isArray(value) ?
    flat(value, `${path}${name}.`) : [[path + name, value]]);
}

function meant(text, before) {
  const plain = text.trim();
  if (plain === "off") return null;
  if (plain === "true" || plain === "false") return plain === "true";
  const value = Number(plain.replace(",", "."));
  return plain === "" || Number.isNaN(value) ? plain : typeof before === "boolean" ? Boolean(value) : value;
}

export async function propose(bot, done) {
  const where = `?bot=${encodeURIComponent(bot)}`;
  let limits;
  try { limits = flat((await ask(`limits${where}`)).in_force).filter(([, value]) => !Array.isArray(value)); } catch (trouble) { done(trouble.message); return; }
  const now = new Map(limits);
  const sheet = form("Propose a change", "Tighter limits hold at once. Looser ones wait for a second person.", [
    ["key", "Limit", { list: limits.map(([key]) => key) }],
    ["value", "New value (off: no limit)", { autocomplete: "off" }],
    ["reason", "Why", { maxlength: "500", autocomplete: "off" }],
  ], "Propose", async ({ key, value, reason }) => {
    const said = await ask(`limits/proposals${where}`, "POST", { reason, confirm: true, changes: { [key]: meant(value, now.get(key)) } });
    document.getElementById("sheet").close();
    done(said.state === "waiting" ? "Left for the bot, which has not answered yet" : `Proposed: ${said.outcome}`);
  });
  const key = sheet.elements.key, value = sheet.elements.value;
  const show = () => { const was = now.get(key.value); value.placeholder = was === null || was === undefined ? "off" : `now ${was}`; };
  key.addEventListener("change", show);
  show();
}
