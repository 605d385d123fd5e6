"""The sandbox as a process, and the configuration it prints."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import ccxt
import pytest
from typer import Typer
from typer.testing import CliRunner

from riskplugin.cli.sandbox import sandbox as command
from riskplugin.sandbox import ControlClient, freqtrade_exchange_config
from riskplugin.sandbox.freqtrade_config import ccxt_urls


@contextmanager
def process(*arguments: str) -> Iterator[tuple[dict[str, object], subprocess.Popen[str]]]:
    """A sandbox in a process of its own, and what it said first."""
    with subprocess.Popen(
        [sys.executable, "-m", "riskplugin.sandbox", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stdout is not None
            yield json.loads(running.stdout.readline()), running
        finally:
            running.terminate()
            running.wait(20)


@pytest.mark.slow
def test_the_first_line_says_where_it_is_and_a_signal_ends_it() -> None:
    with process("--port", "0", "--scenario", "slow-bleed", "--speed", "60") as (ready, running):
        assert ready["url"] == f"http://127.0.0.1:{ready['port']}"
        assert ControlClient(str(ready["url"])).state()["scenario"] == "slow-bleed"
        with urllib.request.urlopen(f"{ready['url']}/as/me/api/v3/ping") as answer:
            assert answer.read() == b"{}"
        running.terminate()
        assert running.wait(20) == 0


@pytest.mark.slow
def test_it_prints_a_configuration_that_works() -> None:
    with process("--print-config", "futures", "--pairs", "ETH/USDT") as (_, running):
        assert running.stdout is not None
        lines = iter(running.stdout.readline, "}\n")
        config = json.loads("".join(lines) + "}")
        assert config["exchange"]["pair_whitelist"] == ["ETH/USDT:USDT"]
        anyone = ccxt.binance(config["exchange"]["ccxt_config"])
        assert anyone.fetch_ticker("ETH/USDT:USDT")["last"] > 0


def test_no_address_of_ccxt_is_forgotten() -> None:
    known = set(ccxt.binance().urls["api"])
    urls = ccxt_urls(1234, tls=True, name="bot")
    assert set(urls) == known
    assert all("@127.0.0.1:1234/as/bot/" in url for url in urls.values())


def test_pairs_are_spelled_for_the_trading_mode() -> None:
    for mode, pair in (("spot", "BTC/USDT"), ("futures", "BTC/USDT:USDT")):
        for given in ("BTC/USDT", "BTC/USDT:USDT"):
            config = freqtrade_exchange_config(1, trading_mode=mode, pairs=[given])
            assert config["exchange"]["pair_whitelist"] == [pair]
    with pytest.raises(ValueError, match="trading_mode"):
        freqtrade_exchange_config(1, trading_mode="margin")


def test_the_command_lists_scenarios_and_refuses_nonsense() -> None:
    app = Typer()
    app.command()(command)
    listed = CliRunner().invoke(app, ["--list-scenarios"])
    assert listed.exit_code == 0
    assert "crash-2020-03-12" in listed.output
    for wrong in (["--scenario", "x"], ["--pairs", "x"], ["--print-config", "x"]):
        assert CliRunner().invoke(app, wrong).exit_code == 2
