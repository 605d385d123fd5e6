"""What is played: start, loop, candles of several kinds, an entry, a position in several places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from freqtrade.strategy.strategy_validation import StrategyResultValidator

from riskplugin.adapter.rehearsal import entries, positions
from riskplugin.adapter.rehearsal.facts import facts_of, overridden
from riskplugin.adapter.rehearsal.stage import Stage
from riskplugin.adapter.rehearsal.starting import refused, stops_of
from riskplugin.adapter.rehearsal.watching import Say, Watch

#: Kinds of candles, and what they are called.
_KINDS = {
    "plain": "plain candles",
    "crash": "a crash of 30 %",
    "flat": "a price that stands, without volume",
    "few": "five candles: a new listing",
}
_FREQAI = (
    "FreqAI strategies need a trained model: their signals were not run. Their callbacks were."
)


def rehearse(settings: dict[str, Any], say: Say, shut: Callable[[Watch], None]) -> None:
    """Load the strategy that ``settings`` name, say what it is, play; ``shut`` is called before."""
    say({"stops": stops_of(settings)})
    if settings.get("strategy"):
        stage, watch = Stage(settings), Watch(say)
        shut(watch)
        if watch.call("strategy", "when it is loaded", stage.load) is not None:
            facts = facts_of(stage.strategy)
            say({"facts": facts, "refused": refused({**settings, **facts["settings"]})})
            stage.set_up()
            play(stage, watch, say)
            say({"messages": len(stage.strategy.dp._msg_queue)})
    say({"finished": True})


def play(stage: Stage, watch: Watch, say: Say) -> None:
    """All of it, in the order in which a bot does."""
    strategy = stage.strategy
    now = datetime.now(UTC)
    if overridden(strategy, "bot_start"):
        watch.call("bot_start", "at the start", strategy.bot_start)
    read = strategy.ft_load_hyper_params
    watch.call("bot_start", "when its parameters are read", read, None, hyperopt=False)
    if overridden(strategy, "bot_loop_start"):
        watch.call("bot_loop_start", "in a loop", strategy.bot_loop_start, None, current_time=now)
    if overridden(strategy, "informative_pairs"):
        watch.call("informative_pairs", "in a loop", strategy.informative_pairs)
    tag = None
    if (stage.config.get("freqai") or {}).get("enabled"):
        say({"left_out": _FREQAI})
    else:
        tag = analyse(stage, watch)
    positions.play(stage, watch, entries.play(stage, watch, tag), tag)


def analyse(stage: Stage, watch: Watch) -> str | None:
    """Indicators and signals on each kind of candles; answers the latest entry tag."""
    tag = None
    for kind, told in _KINDS.items():
        stage.exchange.kind = kind
        for pair in stage.pairs if kind == "plain" else stage.pairs[:1]:
            frame = _analysed(stage, watch, pair, f"{told}, {pair}", few=kind == "few")
            if frame is not None and "enter_tag" in frame:
                tags = [str(each) for each in frame["enter_tag"].dropna() if each]
                tag = tags[-1] if tags else tag
    stage.exchange.kind = "plain"
    for pair in stage.pairs:  # what the callbacks look at
        _keep(stage, pair, _quietly(stage, pair))
    return tag


def _analysed(stage: Stage, watch: Watch, pair: str, when: str, *, few: bool) -> Any:
    strategy, frame = stage.strategy, _candles(stage, pair)
    validator = StrategyResultValidator(frame)
    given = {"candle_minutes": stage.minutes, "few_candles": few}
    for hook, advise in (
        ("populate_indicators", strategy.advise_indicators),
        ("populate_entry_trend", strategy.advise_entry),
        ("populate_exit_trend", strategy.advise_exit),
    ):
        answer = watch.call(hook, when, advise, given, frame, {"pair": pair})
        if answer is None:
            return None
        frame = answer
    watch.call(
        "populate_indicators", f"{when}: freqtrade's check", validator.assert_df, given, frame
    )
    return frame


def _quietly(stage: Stage, pair: str) -> Any:
    """The analysed candles, or plain ones where the strategy fails on them; that was told."""
    try:
        return stage.strategy.analyze_ticker(_candles(stage, pair), {"pair": pair})
    except Exception:  # noqa: BLE001  # whatever a strategy raises
        return _candles(stage, pair)


def _candles(stage: Stage, pair: str) -> Any:
    kind = stage.config["candle_type_def"]
    return stage.exchange.klines((pair, stage.strategy.timeframe, kind))


def _keep(stage: Stage, pair: str, frame: Any) -> None:
    kind = stage.config["candle_type_def"]
    stage.strategy.dp._set_cached_df(pair, stage.strategy.timeframe, frame, candle_type=kind)
