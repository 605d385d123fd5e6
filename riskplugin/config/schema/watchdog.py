"""The group "watchdog": the process beside the bot. No limit is here."""

from __future__ import annotations

from typing import Any, Literal

from riskplugin.config.fields import Duration, Number, PlaceOrOff, Switch, VariableOrOff, key
from riskplugin.config.schema.keys import Keys


def _secret(about: str, example: str) -> Any:
    return key(None, f"{about}: never the secret itself", "env:NAME", example=f"env:{example}")


class WatchdogExchange(Keys):
    """Keys of the watchdog's own at the exchange, for the action "exchange"."""

    use_bot_keys: Switch = key(
        default=False, about="true: the bot's own keys, from the configuration, are used"
    )
    key: VariableOrOff = _secret("variable that holds the API key", "WATCHDOG_KEY")
    secret: VariableOrOff = _secret("variable that holds the API secret", "WATCHDOG_SECRET")
    password: VariableOrOff = _secret("variable that holds its passphrase", "WATCHDOG_PASSPHRASE")


class Watchdog(Keys):
    """A process of its own that looks after the bot: riskplugin watchdog."""

    interval: Duration = key("5s", "time between two looks", validate_default=True)
    silent_after: Duration = key(
        "1m", "a bot that said nothing for so long is silent", validate_default=True
    )
    action: Literal["alert", "rest", "exchange"] = key(
        "alert",
        "when the bot is silent with positions open. alert: tell people; rest: also close through "
        "the bot's own REST; exchange: also at the exchange, when the bot is gone",
    )
    act_after: Duration = key(
        "3m", "silence with positions open after which it acts", validate_default=True
    )
    bot_url: PlaceOrOff = key(
        None,
        "the bot's own API server",
        "http(s):// address",
        example="http://127.0.0.1:8080",
    )
    bot_username: VariableOrOff = _secret("variable that holds the API's username", "BOT_USERNAME")
    bot_password: VariableOrOff = _secret("variable that holds its password", "BOT_PASSWORD")
    min_free_mb: Number = key(
        500.0, "less free disk space than this is told", "megabytes", at_least=0
    )
    exchange: WatchdogExchange = WatchdogExchange()
