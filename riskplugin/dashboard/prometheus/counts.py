"""What happened since this process was first asked: decisions, refusals by rule, alerts.

The ledger is read on from where the last scrape ended, never from its beginning; Prometheus knows
that counters begin anew when a process does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from threading import Lock

from prometheus_client.core import CounterMetricFamily

from riskplugin.core import events as ev
from riskplugin.core.levels import Severity
from riskplugin.core.rules import RULES
from riskplugin.core.verdict import Deny
from riskplugin.dashboard.told import verdict_of
from riskplugin.ledger.form.codec import CodecError
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.record import Record

#: Records read for one scrape, of each bot; the rest is for the next.
AT_ONCE = 20_000

Values = Mapping[tuple[str, ...], float]

VERDICTS = ("allowed", "capped", "refused")


class Counts:
    """Counters of the bots of one ledger. Several scrapes may come at once."""

    def __init__(self) -> None:
        self._lock, self._reading = Lock(), Lock()
        self._read: dict[str, int] = {}
        self._decided: Counter[tuple[str, ...]] = Counter()
        self._refused: Counter[tuple[str, ...]] = Counter()
        self._alerts: Counter[tuple[str, ...]] = Counter()
        self._faults: Counter[tuple[str, ...]] = Counter()

    def read_on(self, reader: LedgerReader, bot: str) -> None:
        """Count what has come since. Raises LedgerError.

        While another scrape reads there is nothing to wait for: should the ledger hang, each
        would hold a thread.
        """
        if not self._reading.acquire(blocking=False):
            return
        try:
            if bot not in self._read:
                height = reader.height(bot)
                with self._lock:
                    self._read[bot] = height
            for record in islice(reader.chain(bot, after=self._read[bot]), AT_ONCE):
                with self._lock:
                    self._count(bot, record)
                    self._read[bot] = record.seq
        finally:
            self._reading.release()

    def families(self) -> Iterator[CounterMetricFamily]:
        """The counters as they stand."""
        with self._lock:
            yield _family("decisions", "Decisions on entries.", "verdict", self._verdicts())
            yield _family("refusals", "Refused entries, by what bound.", "rule", self._refusals())
            yield _family("alerts", "Alerts raised.", "severity", self._raised())
            yield _family("faults", "Faults recorded.", None, self._of_bots(self._faults))
            yield _family("ledger_records", "Records of the bot.", None, self._heights())

    def _verdicts(self) -> Values:
        known = ((bot, verdict) for bot in self._read for verdict in VERDICTS)
        return {key: self._decided[key] for key in known}

    def _refusals(self) -> Values:
        """Every rule from the first scrape on: a series that begins at 1 never increased."""
        return {(bot, rule.name): 0 for bot in self._read for rule in RULES} | self._refused

    def _raised(self) -> Values:
        return {(b, str(s)): self._alerts[b, str(s)] for b in self._read for s in Severity}

    def _of_bots(self, counter: Counter[tuple[str, ...]]) -> Values:
        return {(bot,): counter[bot,] for bot in self._read}

    def _heights(self) -> Values:
        return {(bot,): seq for bot, seq in self._read.items()}

    def _count(self, bot: str, record: Record) -> None:
        try:
            event = record.event
        except CodecError:  # damaged: `riskplugin audit verify` says where
            return
        match event:
            case ev.EntryDecided(decision=decision):
                self._decided[bot, verdict_of(decision)] += 1
                if isinstance(decision.binding, Deny):
                    self._refused[bot, decision.binding.reason.rule] += 1
            case ev.AlertRaised(severity=severity):
                self._alerts[bot, str(severity)] += 1
            case ev.FaultRecorded():
                self._faults[bot,] += 1


def _family(name: str, text: str, label: str | None, values: Values) -> CounterMetricFamily:
    labels = ["bot"] if label is None else ["bot", label]
    family = CounterMetricFamily(f"riskplugin_{name}", text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(list(key), value)
    return family
