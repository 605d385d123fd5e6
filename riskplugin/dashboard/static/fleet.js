// All bots at a glance, the worst first, as the server has sorted them.
import { ago, bar, h, heading, number, percent, signed, tone } from "./dom.js";

export function fleet({ bots, go }) {
  return [heading("Bots", String(bots.length)), h("ul", { class: "fleet" }, bots.map((b) => h("li", {},
    h("a", { class: `bot ${b.tone}`, href: `risk?bot=${encodeURIComponent(b.bot)}`, "data-key": b.bot, onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault(); go(b.bot);
    } },
    h("span", { class: "row" }, h("strong", {}, b.bot), h("span", { class: "dim small" }, b.at === null ? "" : b.age_s > 60 ? `${ago(b.age_s)} ago` : "now")),
    h("span", { class: `said ${b.tone}-text` }, b.worst),
    b.breaker === null ? null : h("span", { class: "facts" },
      h("span", {}, h("b", {}, number(b.equity)), "equity"),
      h("span", {}, h("b", { class: tone(b.daily_pnl_pct) }, `${signed(b.daily_pnl_pct)} %`), "today"),
      h("span", {}, h("b", {}, percent(b.drawdown_pct)), "drawdown"),
      h("span", {}, h("b", {}, number(b.risk_score, 0)), b.level || "score"),
      h("span", {}, h("b", {}, String(b.positions)), "open"),
      h("span", {}, h("b", { class: b.alerts ? "bad-text" : "" }, String(b.alerts)), "alerts")),
    b.used_pct === null ? null : h("span", { class: "most" }, `fullest limit ${percent(b.used_pct, 0)}`, bar(b.used_pct, null, 100, b.used_pct >= 100 ? "bad" : b.used_pct >= 80 ? "watch" : "good"))))))];
}
