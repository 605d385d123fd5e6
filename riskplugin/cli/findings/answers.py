"""What the strategy's callbacks answered: numbers that are none, vetoes, more than there is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from riskplugin.cli.findings.kinds import CRITICAL, INFO, WARNING, Finding, kind
from riskplugin.cli.findings.observed import Call
from riskplugin.cli.findings.setup import Setup, number

EXIT_VETO = kind(
    "exit-veto",
    INFO,
    where="confirm_trade_exit",
    also=(CRITICAL,),
    when="critical when the strategy is not guarded",
    why="The strategy says no to exits that protect the account: stops, emergency and forced ones.",
    does="lets protective exits pass whatever the strategy says",
    mend="say no to exit_signal and roi only",
    see="guarding.md",
)
NO_NUMBER = kind(
    "answer-unusable",
    WARNING,
    where="(a callback)",
    why="A callback answers something that is not what freqtrade asks for: NaN, infinity, a text.",
    does="refuses the entry, or keeps what was before",
    mend="check for it before you return",
    see="guarding.md",
)
STAKE_BEYOND = kind(
    "stake-beyond",
    WARNING,
    where="custom_stake_amount, adjust_trade_position",
    why="The strategy asks for more than the wallet has; freqtrade then takes all of it.",
    does="caps the whole position by its size",
    mend="never answer more than max_stake",
    see="guarding.md",
)
STOP_POSITIVE = kind(
    "stoploss-positive",
    WARNING,
    where="custom_stoploss",
    why="A positive answer is read as the same distance below the price: it is no price and no "
    "profit to lock in.",
    does="holds its own stop beside it: the tighter counts",
    mend="answer a negative distance, or use stoploss_from_open / stoploss_from_absolute",
    see="guarding.md",
)
STOP_BEYOND = kind(
    "stoploss-beyond",
    WARNING,
    where="custom_stoploss",
    also=(CRITICAL,),
    when="critical when riskplugin's stop only observes, or the strategy is not guarded",
    why="The strategy's stop lies beyond liquidation at the leverage it asks for: it is never "
    "reached.",
    does="holds its own stop, which is tighter",
    mend="answer a distance that is smaller than 1 / leverage of the price",
    see="decisions.md",
)
#: What custom_stoploss answers from here on means "leave the stop where it is" in many strategies.
KEEPS = 1.0
#: Exits that no strategy should refuse, as freqtrade names them.
PROTECTIVE = ("stop", "trailing_stop", "liquidation", "emergency", "force_exit", "risk_")
#: What each callback has to answer.
_NUMBERS = {"leverage", "custom_stake_amount", "custom_entry_price", "custom_exit_price"}
_NUMBER_OR_NONE = {
    "custom_stoploss",
    "custom_roi",
    "adjust_trade_position",
    "adjust_order_price",
    "adjust_entry_price",
    "adjust_exit_price",
}
_YES_OR_NO = {
    "confirm_trade_entry",
    "confirm_trade_exit",
    "check_entry_timeout",
    "check_exit_timeout",
}
_AFTERWARDS = {
    "leverage": "refuses the entry; freqtrade alone fails or takes 1x",
    "custom_stake_amount": "refuses the entry; freqtrade alone may order with it",
    "custom_entry_price": "refuses the entry; freqtrade alone may end with it",
    "custom_exit_price": "takes the usual price",
    "custom_stoploss": "keeps the stop where it is",
    "adjust_trade_position": "leaves the position as it is",
    "confirm_trade_entry": "takes only a plain yes for a yes; freqtrade alone takes this for one",
    "custom_exit": "lets it pass: an exit is never blocked",
}


def vetoes(setup: Setup) -> Iterator[Finding]:
    """Exits that the strategy would not let pass."""
    refused = [
        str(call.given.get("exit_reason"))
        for call in setup.seen.of("confirm_trade_exit")
        if call.answer is False and str(call.given.get("exit_reason")).startswith(PROTECTIVE)
    ]
    if refused:
        said = ", ".join(dict.fromkeys(refused))
        yield EXIT_VETO.found(
            f"The strategy says no to exits that protect the account: {said}.",
            severity=INFO if setup.guarded else CRITICAL,
        )


def unusable(setup: Setup) -> Iterator[Finding]:
    """Answers that are not of the kind that freqtrade asks for; one finding a callback."""
    told: set[str] = set()
    for call in setup.seen.calls:
        if call.error or call.hook in told or _usable(call):
            continue
        told.add(call.hook)
        yield NO_NUMBER.found(
            f"It answers {call.shown} ({call.when}).",
            where=call.hook,
            does=_AFTERWARDS.get(call.hook, ""),
        )


def _usable(call: Call) -> bool:
    figure = number(call.answer)
    sound = figure is not None and math.isfinite(figure)
    if call.hook in _NUMBERS:
        return sound and (figure or 0) >= (1e-12 if call.hook == "leverage" else 0)
    if call.hook in _NUMBER_OR_NONE:
        return (call.answer is None and call.kind == "NoneType") or sound
    if call.hook in _YES_OR_NO:
        return call.kind in {"bool", "bool_", "int"} or call.kind == "NoneType"
    if call.hook == "custom_exit":
        return call.kind in {"bool", "bool_", "str", "NoneType"}
    return True


def beyond_the_wallet(setup: Setup) -> Iterator[Finding]:
    """Stakes that are larger than what there is."""
    for hook in ("custom_stake_amount", "adjust_trade_position"):
        for call in setup.seen.of(hook):
            asked, most = number(call.answer), number(call.given.get("max_stake"))
            if asked is not None and most is not None and asked > most * 1.001:
                yield STAKE_BEYOND.found(
                    f"It asks for {call.shown} where {most:g} is all there is ({call.when}).",
                    where=hook,
                )
                break


def stops(setup: Setup) -> Iterator[Finding]:
    """What custom_stoploss answers."""
    calls = setup.seen.of("custom_stoploss")
    answers = [(call, number(call.answer)) for call in calls]
    figures = [(call, f) for call, f in answers if f is not None and not abs(f) >= KEEPS]
    positive = next((call for call, figure in figures if figure > 0), None)
    if positive is not None:
        yield STOP_POSITIVE.found(f"It answers {positive.shown} ({positive.when}).")
    for call, figure in figures:
        room, lever = number(call.given.get("room")), number(call.given.get("leverage")) or 1.0
        if room is not None and abs(figure) / lever > room:
            reason = (
                f"It answers {call.shown}: at {lever:g}x that is {abs(figure) / lever:.1%} of "
                f"price, and liquidation is {room:.1%} away ({call.when})."
            )
            bare = not setup.guarded or setup.observes("stop")
            yield STOP_BEYOND.found(reason, severity=CRITICAL if bare else WARNING)
            return
