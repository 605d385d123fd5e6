"""What limits mean in money: the sentences (figures: reckoned.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from riskplugin.cli.limits.account import Means
from riskplugin.cli.limits.reckoned import Entry, Lost, Reckoner
from riskplugin.config import RiskConfig, RiskLimits
from riskplugin.config.durations import format_duration
from riskplugin.core.levels import OnTrip, RiskLevel
from riskplugin.core.policy import Policy, Threshold
from riskplugin.core.wording import figure, percent

_DOES = {
    OnTrip.HALT: "stops entries; positions are kept, and so are their exits",
    OnTrip.EMERGENCY: "stops entries and closes what lies outside the emergency limits",
    OnTrip.FLATTEN: "stops entries and closes everything",
}


@dataclass(frozen=True)
class Explanation:
    """Sentences about one policy and one account."""

    risk: RiskConfig
    means: Means
    policy: Policy
    reckoner: Reckoner

    @classmethod
    def of(cls, risk: RiskConfig, means: Means) -> Explanation:
        """The explanation of the limits ``risk``, for the account of ``means``."""
        policy = means.policy(risk.policy)
        return cls(risk, means, policy, Reckoner(policy, means.equity, futures=means.futures))

    def money(self, amount: float) -> str:
        """An amount of stake currency: two decimals, or six digits where equity is small."""
        return f"{amount:,.2f}" if self.means.equity >= 10 else figure(amount)

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Topic and text, in the order in which people read them."""
        limits = RiskLimits.from_section(self.risk.section)
        yield "entry", " ".join(self._entry())
        yield "stop", self._stop()
        yield "positions", " ".join(self._positions())
        breaker = self.policy.breaker
        yield "drawdown", self._loss("peak", breaker.drawdown)
        day = self._loss("first equity of the day", breaker.daily_loss)
        yield "daily_loss", " ".join((day, *self._stops_of_a_day(self.reckoner.to_their_stops())))
        if breaker.weekly_loss != Threshold():
            yield "weekly_loss", self._loss("first equity of the week", breaker.weekly_loss)
        yield "exposure", self._exposure()
        yield "breaker", self._breaker()
        yield "emergency", self._emergency()
        observed = ", ".join(limits.modes)
        yield "modes", f"Recorded only, not enforced: {observed}." if observed else "All enforced."

    def _entry(self) -> Iterator[str]:
        entry, currency = self.reckoner.entry(RiskLevel.MINIMAL), self.means.currency
        if not entry.margin > 0:
            yield f"At {self._equity()} {entry.text}."
            return
        loses = "" if entry.loss is None else f", and loses {self.money(entry.loss)} plus fees"
        at = "" if entry.loss is None else f" at its stop {percent(entry.stop)} away"
        notional = self._notional(entry)
        yield (
            f"At {self._equity()} a MINIMAL entry is at most {self.money(entry.margin)} "
            f"{currency} margin{notional}{loses}{at}.".replace("  ", " ")
        )
        near = self.reckoner.with_near_stop()
        if self.means.futures and near.leverage > entry.leverage:
            yield (
                f"A strategy whose own stop is at most {percent(near.stop)} away may use "
                f"{near.leverage:g}x: {self.money(near.notional)} notional"
                + ("." if near.loss is None else f", {self.money(near.loss)} lost at that stop.")
            )
        sizing = self.policy.sizing
        yield (
            f"Wild is a volatility above {percent(sizing.high_volatility)} a day, or one that is "
            f"not known yet. A strategy that asks for less gets less; an entry with less than "
            f"{figure(sizing.min_position)} of margin, or than the exchange takes, is refused."
        )

    def _notional(self, entry: Entry) -> str:
        if entry.leverage == 1:
            return " without leverage" if self.means.futures else ""
        return f", at most {self.money(entry.notional)} notional at {entry.leverage:g}x"

    def _stop(self) -> str:
        if not self.reckoner.holds_stop:
            return "The plugin's stop is off (modes: stop observes); the strategy's own stop holds."
        return (
            f"A position is closed when its price has moved {percent(self.policy.stop)} against "
            "it, or earlier if the strategy's own stop is nearer. A price that jumps over a stop "
            "is filled beyond it."
        )

    def _positions(self) -> Iterator[str]:
        entries = self.reckoner.filled()
        if not entries:
            yield "None fits."
            return
        sizes = [f"{self.money(e.notional)} ({e.level.name})" for e in entries[:4]]
        more = f" and {len(entries) - 4} more" if len(entries) > 4 else ""
        total = sum(entry.notional for entry in entries)
        yield (
            f"As many as fit, each as large as its level allows: {len(entries)} with a notional "
            f"of {', '.join(sizes)}{more}, together {self.of_equity(total)}."
        )
        if self.reckoner.holds_stop:
            lost = sum(entry.loss or 0.0 for entry in entries)
            yield f"If all reach their stops, {self.of_equity(lost)} is lost, plus fees."
        most = self.policy.max_positions
        yield (
            "No limit counts positions."
            if most is None
            else f"No more than {most} pairs may be held."
        )

    def _stops_of_a_day(self, lost: Lost) -> Iterator[str]:
        if not self.reckoner.holds_stop or lost.count == 0:
            return
        many = f"{lost.count} entries" if lost.count > 1 else "One entry"
        one_after = " one after another" if lost.count > 1 else ""
        told = f"{many} that go{'' if lost.count > 1 else 'es'} to the stop{one_after}"
        took = self.of_equity(lost.lost)
        if lost.trigger is None:
            yield f"{told} cost {took} and trip nothing; then no entry passes."
        else:
            yield f"{told} cost {took}, and the breaker trips: {lost.trigger.text}."

    def _loss(self, reference: str, threshold: Threshold) -> str:
        words = [
            f"{verb} at {percent(share)} of the {reference}: "
            f"{self.money(self.means.equity * share)} lost"
            for verb, share in (("Warns", threshold.warn), ("trips", threshold.trip))
            if share is not None
        ]
        return _sentence(", ".join(words)) if words else "Off."

    def _exposure(self) -> str:
        exposure, words = self.policy.breaker.exposure, []
        for verb, share in (
            ("Entries fill up to", exposure.warn),
            ("trips above", exposure.trip),
        ):
            if share is not None:
                words.append(f"{verb} {percent(share)}: {self.money(share * self.means.equity)}")
        text = "; ".join(words) + " of notional, leverage included"
        return _sentence(text) if words else "Off."

    def _breaker(self) -> str:
        breaker, test = self.policy.breaker, self.policy.breaker.half_open
        probes = "one probe" if test.max_positions == 1 else f"{test.max_positions} probes"
        return (
            f"A trip {_DOES[breaker.on_trip]}. After {format_duration(breaker.cooldown)} (later up "
            f"to {format_duration(breaker.max_cooldown)}) {probes} at a time of "
            f"{percent(test.size_factor)} of the normal size may open; {test.wins} wins close the "
            f"breaker, a loss of {self.of_equity(test.max_loss * self.means.equity)} opens it "
            "again. Exits always pass."
        )

    def _emergency(self) -> str:
        limits = self.policy.emergency
        entry = self.reckoner.entry(RiskLevel.MINIMAL, emergency=True)
        size = f"{percent(limits.max_position)} of equity each"
        if entry.margin > 0:
            size += f" ({self.money(entry.margin)} margin{self._notional(entry)})"
        count = "no position" if limits.max_positions == 0 else f"{limits.max_positions} positions"
        return (
            f"At most {limits.max_leverage:g}x, {count} of {size}, stop "
            f"{percent(limits.stop)} away."
        )

    def _equity(self) -> str:
        return f"{self.money(self.means.equity)} {self.means.currency}".strip()

    def of_equity(self, amount: float) -> str:
        """An amount and its share of equity."""
        return f"{self.money(amount)} ({percent(amount / self.means.equity)})"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
