"""What the strategy's code does besides answering: network, files, programs, output, time."""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.cli.findings.kinds import INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, group_of

SLOW = kind(
    "strategy-slow",
    WARNING,
    where="populate_indicators",
    why="Indicators take so long that signals and exits come late in every candle.",
    does="decides once per loop, after the indicators",
    mend="compute less, or trade fewer pairs",
    see="guarding.md",
)
PRINTS = kind(
    "strategy-prints",
    WARNING,
    where="strategy",
    why="The strategy prints so much that the log fills the disk, and a full disk stops the "
    "ledger.",
    does="refuses entries once its ledger cannot be written",
    mend="log less: logger.debug",
    see="guarding.md",
)
NETWORK = kind(
    "strategy-network",
    WARNING,
    where="strategy",
    why="The strategy asks the network inside a callback: exits wait for the answer.",
    does="waits with the loop; it did not let the strategy out during this check",
    mend="fetch in a thread of your own, with a time limit, and use what is there",
    see="threat-model.md",
)
WRITES = kind(
    "strategy-writes",
    INFO,
    where="strategy",
    why="The strategy writes files: what two bots write into one file is lost.",
    does="did not let it during this check",
    mend="nothing, if you know of it",
    see="threat-model.md",
)
PROCESSES = kind(
    "strategy-processes",
    WARNING,
    where="strategy",
    why="The strategy starts other programs.",
    does="did not let it during this check; in a bot nothing stops them",
    mend="take it out, or know what they do",
    see="threat-model.md",
)
#: More output than this (bytes) in one short run is too much.
MUCH = 200_000


def slow(setup: Setup) -> Iterator[Finding]:
    """Indicators of all pairs against the length of a candle."""
    calls = [call for call in setup.seen.of("populate_indicators") if not call.error]
    minutes = max((float(call.given.get("candle_minutes", 0)) for call in calls), default=0.0)
    pairs = group_of(setup.config, "exchange").get("pair_whitelist") or ()
    if not calls or not minutes or not isinstance(pairs, list | tuple):
        return
    each = min(call.seconds for call in calls)
    total = each * max(1, len(pairs))
    if total > minutes * 60 / 2:
        yield SLOW.found(
            f"{each:.1f} seconds a pair, {total:.0f} for all {len(pairs)}: more than half of a "
            f"candle of {minutes:g} minutes."
        )


def noise(setup: Setup) -> Iterator[Finding]:
    """Output."""
    if setup.seen.printed > MUCH:
        yield PRINTS.found(
            f"It printed {setup.seen.printed / 1e6:.1f} MB in this short run: the log fills the "
            "disk, and a full disk stops the ledger."
        )


def reached_out(setup: Setup) -> Iterator[Finding]:
    """What it tried and was not let."""
    for what, found in (("network", NETWORK), ("file", WRITES), ("process", PROCESSES)):
        tried = [each for each in setup.seen.denied if each.what == what]
        if tried:
            details = ", ".join(dict.fromkeys(each.detail for each in tried[:3]))
            yield found.found(f"{found.why} Here: {details}.", where=tried[0].hook)
