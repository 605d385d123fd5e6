"""The group "alerts": who is told what. No limit is here."""

from __future__ import annotations

from riskplugin.config.alerting import (
    AlertLevels,
    ChannelAddresses,
    ChannelNames,
    QuietSpan,
    alert_levels,
    channel_addresses,
    channel_names,
    quiet_span,
)
from riskplugin.config.fields import Duration, Switch, Whole, key
from riskplugin.config.schema.keys import Keys


class AlertRoutes(Keys):
    """Where alerts are told; ``bot`` is the bot's own channels, ``log`` its log."""

    info: ChannelNames = channel_names(("log",), "channels for what is good to know")
    warning: ChannelNames = channel_names(("bot", "log"), "channels for what is looked at today")
    critical: ChannelNames = channel_names(("bot", "log"), "channels for what is looked at now")


class Alerts(Keys):
    """Who is told what, on which channel, and who is told next when nobody answers."""

    channels: ChannelAddresses = channel_addresses(
        "channels besides bot and log: a name, and the address of any service that apprise knows"
    )
    routes: AlertRoutes = AlertRoutes()
    levels: AlertLevels = alert_levels(
        "who is told of a critical alert when nobody has acknowledged it after so long; without "
        "channels of their own, where critical alerts are told"
    )
    again_after: Duration = key(
        "5m", "what comes again sooner is not told again", validate_default=True
    )
    per_minute: Whole = key(
        20, "what a channel takes; more is joined into one message", "messages", at_least=1
    )
    quiet_hours: QuietSpan = quiet_span("hours of the trading day's time zone without infos")
    digest: Switch = key(default=True, about="true: the figures of a day are told at its end")
