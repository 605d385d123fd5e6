"""One run: exchange and bots up, the play, bots down, the exchange asked for its order log."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.error import URLError

from riskplugin.cli.demo.findings import Findings, findings
from riskplugin.cli.demo.screen import Screen
from riskplugin.cli.demo.stage import BALANCE, set_up
from riskplugin.cli.demo.story import Story
from riskplugin.cli.demo.watch import Watch
from riskplugin.cli.processes import ProcessError, Processes, start_exchange
from riskplugin.sandbox import ControlClient, ControlError


def run(folder: Path, screen: Screen, *, seed: int) -> Findings:
    """Play the whole story below ``folder``. Raises ProcessError when it cannot be finished."""
    with Processes() as processes:
        port = start_exchange(processes, folder, seed=seed, balance=BALANCE)
        bots = set_up(folder, port)
        control = ControlClient(f"http://127.0.0.1:{port}")
        with closing(Watch(bots, control, processes, screen)) as watch:
            running = [
                processes.start(f"freqtrade ({bot.title})", "freqtrade", bot.command, bot.log)
                for bot in bots
            ]
            story = Story(watch)
            try:
                story.play()
                processes.stop(running)
                watch.look()
                return findings(watch, story, seed=seed)
            except (URLError, TimeoutError, ControlError) as error:
                raise ProcessError(f"the paper exchange does not answer: {error}") from error
