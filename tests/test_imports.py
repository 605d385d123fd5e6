"""Heavy libraries come in when they are used: not with the first line, not in a backtest (B-6)."""

from __future__ import annotations

import pytest

from benchmarks.imports import seen

pytestmark = [pytest.mark.slow, pytest.mark.spec("PF-1")]

#: Nothing that watches an account reckons with these.
ANALYSIS = {"arch", "sklearn", "statsmodels", "scipy.signal", "matplotlib"}
#: What only a running bot needs, or a page, or a person's command.
LIVE = {
    "alembic", "apprise", "argon2", "fastapi", "jinja2", "jwt", "plotly", "prometheus_client",
    "psycopg", "pyotp", "segno", "typer", "uvicorn",
}  # fmt: skip


def test_the_first_line_of_a_guarded_strategy_brings_nothing_heavy() -> None:
    loaded = seen("mixin")["mixin"]
    assert "riskplugin" in loaded
    assert not loaded & (ANALYSIS | LIVE)


def test_a_guarded_backtest_brings_nothing_that_it_does_not_use() -> None:
    loaded = seen("backtest")["backtest"]
    assert "riskplugin.adapter.session" in loaded
    assert not loaded & (ANALYSIS | LIVE)


def test_a_guarded_bot_brings_neither_analysis_nor_page_nor_channels() -> None:
    loaded = seen("bot", "bot, plain")
    brought = loaded["bot"] - loaded["bot, plain"]
    assert "riskplugin.ledger.sql" in brought
    assert not brought & (
        ANALYSIS | {"apprise", "argon2", "plotly", "prometheus_client", "psycopg"}
    )
