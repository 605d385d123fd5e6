"""One drill: exchange, two bots and a watchdog up, both parts, everything down, the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError

from riskplugin.cli.drill.catcher import Catcher
from riskplugin.cli.drill.own import WATCH, own, section_for
from riskplugin.cli.drill.play import MissedError, Play
from riskplugin.cli.drill.report import Step, report_of
from riskplugin.cli.drill.stage import BALANCE, DrillBot, set_up
from riskplugin.cli.drill.steps import dead_man, kill_path
from riskplugin.cli.processes import ProcessError, Processes, start_exchange, tail
from riskplugin.config import parse
from riskplugin.config.durations import parse_duration
from riskplugin.sandbox import ControlClient, ControlError
from riskplugin.version import __version__
from riskplugin.watchdog import chain_of

#: What a loaded machine may add to the watchdog's own times.
_SLACK_S = 5.0


def run(
    folder: Path, config: Mapping[str, Any], *, by: str, send: bool, say: Callable[[Step], None]
) -> dict[str, Any]:
    """Play both parts below ``folder``; the unsigned report."""
    mine = own(config)
    with Catcher() as catcher, Processes() as processes:
        port = start_exchange(processes, folder, seed=42, balance=BALANCE)
        control = ControlClient(f"http://127.0.0.1:{port}")
        section = section_for(mine, catcher.address, send=send)
        name = f"DRILL-{mine.name}"
        first = set_up(folder, mine, name, port, section)
        second = set_up(folder, mine, f"{name}-2", port, section)
        play = Play(control, catcher, processes, by, say)
        try:
            _parts(play, folder, first, second)
        finally:
            play.close()
    mode = "futures" if mine.futures else "spot"
    facts = {
        "bot": mine.name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": __version__,
        "by": by,
        "market": f"{mode}, {', '.join(mine.pairs)}",
        "limits_version": parse(mine.section).version,
        "sent_to_people": send,
        "differences": list(mine.differences),
        "chains": play.chains,
    }
    return report_of(facts, play.steps)


def _parts(play: Play, folder: Path, first: DrillBot, second: DrillBot) -> None:
    """One part that fails does not keep the other from being tried."""
    start = play.processes.start
    start("freqtrade", "freqtrade", first.command, first.log)
    _part(play, "kill path", first, lambda: kill_path(play, first))
    _prove(play, first, first.name)
    if _over(play):
        _missed(play, "dead man", "not tried: the first bot already held nothing to be closed")
        return
    play.processes.stop([p for p in play.processes.running if p.name == "freqtrade"])
    killed = start("freqtrade to be killed", "freqtrade", second.command, second.log)
    watch = ["watchdog", *second.where]
    start("the watchdog", "riskplugin", watch, folder / "watchdog.log")
    _part(play, "dead man", second, lambda: dead_man(play, second, killed, _bound()))
    _prove(play, second, second.name)
    _prove(play, second, chain_of(second.name))


def _part(play: Play, part: str, bot: DrillBot, steps: Callable[[], None]) -> None:
    try:
        steps()
    except (MissedError, ProcessError) as missed:
        _missed(play, part, f"{missed}; the end of its log: {tail(bot.log, 3)}")
    except (URLError, TimeoutError, ControlError) as error:
        _missed(play, part, f"the paper exchange does not answer: {error}")


def _missed(play: Play, part: str, why: str) -> None:
    """The rest of a part was not reached, which is a failure as well."""
    step = Step(part, f"{part}: the rest", text=why)
    play.steps.append(step)
    play.say(step)


def _over(play: Play) -> bool:
    """The bot never held anything: then the second one, with the same limits, will not, either."""
    return not play.steps[0].passed


def _prove(play: Play, bot: DrillBot, chain: str) -> None:
    """A drill whose records do not verify has shown nothing."""
    step = Step("records", f"the chain of {chain} verifies")
    play.steps.append(step)
    try:
        play.prove(bot, chain)
    except Exception as error:  # noqa: BLE001  # whatever it is, it belongs into the report
        step.text = str(error)
    else:
        told = play.chains[-1]
        step.passed = told["verdict"] == "verified" and told["records"] > 0
        step.text = f"{told['records']} records, {told['verdict']}, ends with {told['head'][:16]}"
    play.say(step)


def _bound() -> float:
    """Interval and limit of silence, and what a loaded machine adds."""
    spans = [parse_duration(str(WATCH[name])) for name in ("interval", "silent_after")]
    return sum(span.total_seconds() for span in spans) + _SLACK_S
