"""Collects the metrics of an office's bots, each time Prometheus asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from riskplugin.calm import calm_logger
from riskplugin.dashboard.account import Status
from riskplugin.dashboard.office import Desk, Office
from riskplugin.dashboard.prometheus.counts import Counts
from riskplugin.dashboard.prometheus.families import Seen, families
from riskplugin.dashboard.told import alerts_in, read_as, section_of
from riskplugin.dashboard.usage import gauges
from riskplugin.ports import LedgerError
from riskplugin.version import __version__

logger = calm_logger(__name__)


class Exposition(Collector):
    """The figures of every bot of ``office``; keeps the counters between two scrapes.

    A ledger that cannot be read makes no error: riskplugin_ledger_up says 0, so that an alert
    rule can tell it from a server that is gone.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._counts = Counts()
        self._known: list[str] = []

    def collect(self) -> Iterator[Metric]:
        """Everything, as it is now."""
        readable = GaugeMetricFamily(
            "riskplugin_ledger_up", "1 while the bot's ledger can be read.", labels=("bot",)
        )
        seen = []
        for bot in self._bots():
            try:
                seen += self._seen(self._office.desk(bot))
                readable.add_metric([bot], 1)
            except LedgerError as error:
                logger.warning("riskplugin: metrics of %s: %s", bot, error)
                readable.add_metric([bot], 0)
        yield InfoMetricFamily("riskplugin", "What answers.", {"version": __version__})
        yield readable
        yield from families(seen)
        yield from self._counts.families()

    def describe(self) -> list[Metric]:
        """Nothing before the first scrape: the ledger need not be there yet."""
        return []

    def _bots(self) -> list[str]:
        """The bots; while the ledger cannot be read, those that were known before."""
        try:
            self._known = self._office.bots()
        except LedgerError as error:
            logger.warning("riskplugin: metrics: %s", error)
        return self._known

    def _seen(self, desk: Desk) -> list[Seen]:
        """The bot as it is now; nothing before its first loop."""
        told = desk.status()
        self._counts.read_on(desk.reader, desk.bot)
        if told is None:
            return []
        status = read_as(Status, told, f"the status of {desk.bot}")
        alerts_in(status, desk.bot)  # damaged ones are this bot's trouble, not the others'
        section = section_of(desk.reader, desk.bot)
        return [Seen(status, gauges(status.model_dump(), section))]


def registry_of(office: Office) -> CollectorRegistry:
    """What the library's own servers and encoders take."""
    registry = CollectorRegistry()
    registry.register(Exposition(office))
    return registry
