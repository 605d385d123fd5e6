"""Does the stop hold? Its distance, where it rests, and whether liquidation comes first."""

from __future__ import annotations

from collections.abc import Iterator

from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, kind
from riskplugin.cli.findings.setup import Setup, number

#: Maintenance margin that most brackets of the large exchanges begin with, as a share of notional.
USUAL_MAINTENANCE = 0.005
WIDE_STOPLOSS = -0.5

STOP_WIDE = kind(
    "stoploss-wide",
    WARNING,
    where="stoploss",
    also=(CRITICAL,),
    when="critical when riskplugin's stop only observes, or the strategy is not guarded",
    why="The strategy bears losses of half a position or more.",
    does="closes at risk.stop.normal_pct of price, 5 % unless set: a strategy that lives on "
    "waiting will notice",
    mend='if it lives on a wider stop, in risk:\n"stop": {"normal_pct": 10}',
    see="guarding.md",
)
LIQUIDATION_FIRST = kind(
    "liquidation-first",
    WARNING,
    where="leverage",
    also=(CRITICAL,),
    when="critical when the rule liquidation only observes, or the strategy is not guarded",
    why="At the leverage the strategy asks for, the exchange liquidates before the stop is "
    "reached.",
    does="lowers the leverage until the stop lies before liquidation",
    mend="ask for less leverage, or tighten the stop",
    see="decisions.md",
)
STOP_OFF_EXCHANGE = kind(
    "stop-off-exchange",
    WARNING,
    where="order_types.stoploss_on_exchange",
    why="Live, and no stop rests on the exchange: while the bot or its network is down there is "
    "none.",
    does="holds its stop only while the bot runs; its watchdog can close the book of a dead one",
    mend='in order_types:\n"stoploss_on_exchange": true',
)
STOP_UNSUPPORTED = kind(
    "stop-unsupported",
    CRITICAL,
    where="order_types.stoploss_on_exchange",
    why="freqtrade cannot place stops on this exchange and refuses to start.",
    mend='in order_types:\n"stoploss_on_exchange": false',
)
STOP_PRICE_TYPE = kind(
    "stop-price-type",
    INFO,
    where="order_types.stoploss_price_type",
    why="The stop on the exchange goes by the last trade of this one market, liquidation by the "
    "mark price: one odd trade can close the position.",
    does="leaves it to the exchange",
    mend='if you mean the mark price, in order_types:\n"stoploss_price_type": "mark"',
)


def stop_distance(setup: Setup) -> Iterator[Finding]:
    """A strategy that lives with wide stops meets the plugin's stop, or none."""
    stoploss = number(setup.config.get("stoploss"))
    if setup.risk is None or stoploss is None or stoploss > WIDE_STOPLOSS:
        return
    own = f"The strategy bears {-stoploss:.0%} of loss"
    if setup.strategy is not None and not setup.guarded:
        name = setup.strategy.name
        yield STOP_WIDE.found(
            f"{own}, and no other stop stands before it.",
            severity=CRITICAL,
            does=f"would close at {setup.risk.policy.stop:.1%} of price",
            mend=f"\nriskplugin guard {name}",
        )
    elif setup.observes("stop"):
        yield STOP_WIDE.found(
            f"{own}, and riskplugin's stop only observes.",
            severity=CRITICAL,
            does="records when it would have closed",
            mend="take stop out of risk.modes, or give the strategy a stop",
        )
    else:
        yield STOP_WIDE.found(
            f"{own}.",
            does=f"closes at {setup.risk.policy.stop:.1%} of price",
        )


def liquidation(setup: Setup) -> Iterator[Finding]:
    """A stop beyond the liquidation price is no stop."""
    if not setup.futures or setup.risk is None or setup.strategy is None:
        return
    policy = setup.risk.policy
    most = int(1 / (policy.stop / (1 - policy.leverage.liquidation_buffer) + USUAL_MAINTENANCE))
    asked = max([*setup.strategy.constants, *_answered(setup), 0.0])
    if asked <= most:
        return
    reason = (
        f"The strategy asks for {asked:g}x; above about {most}x the liquidation comes before "
        f"the stop of {policy.stop:.1%}."
    )
    mend = f"ask for at most {most}x, or tighten the stop"
    if not setup.guarded:
        yield LIQUIDATION_FIRST.found(
            reason, severity=CRITICAL, does="would lower it", mend=f"{mend}, or guard it"
        )
    elif setup.observes("liquidation"):
        yield LIQUIDATION_FIRST.found(
            reason,
            severity=CRITICAL,
            does="records it: the rule liquidation only observes",
            mend=f"ask for at most {most}x, or take liquidation out of risk.modes",
        )
    else:
        yield LIQUIDATION_FIRST.found(reason, does=f"lowers it to about {most}x", mend=mend)


def _answered(setup: Setup) -> list[float]:
    answers = (number(call.answer) for call in setup.seen.of("leverage"))
    return [answer for answer in answers if answer is not None]


def on_exchange(setup: Setup) -> Iterator[Finding]:
    """A stop on the exchange holds while the bot is down, if the exchange can do it."""
    types = setup.group("order_types")
    if not types.get("stoploss_on_exchange", False):
        if setup.live and types:
            mend = "" if setup.venue.stops else "freqtrade cannot do it here: run the watchdog"
            yield STOP_OFF_EXCHANGE.found(mend=mend)
        return
    if not setup.venue.stops:
        name = setup.group("exchange").get("name")
        yield STOP_UNSUPPORTED.found(f"freqtrade cannot place stops on {name}: it will not start.")
        return
    by = types.get("stoploss_price_type")
    if not setup.futures or not setup.venue.price_types:
        return
    if by is not None and by not in setup.venue.price_types:
        known = ", ".join(setup.venue.price_types)
        yield STOP_UNSUPPORTED.found(
            f'The exchange knows no stop by "{by}": freqtrade will not start.',
            where="order_types.stoploss_price_type",
            mend=f"one of {known}",
        )
    elif setup.live and by in {None, "last"} and "mark" in setup.venue.price_types:
        yield STOP_PRICE_TYPE.found()
