"""The group "control": how people stop the bot and change its limits. No limit is here."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from riskplugin.config.fields import Duration, FileName, Switch, Wait, key
from riskplugin.config.schema.keys import Keys


class Control(Keys):
    """How people stop the bot from outside."""

    kill_file: FileName = key(
        "user_data/RISK_KILL", "while this file exists no entry is made", "path, without ~"
    )
    token_key_file: FileName = key(
        "user_data/risk_token.key",
        "key that signs the tokens of people who signed in; made at the first sign-in",
        "path, without ~",
    )
    token_life: Duration = key("12h", "how long a sign-in lasts", validate_default=True)
    second_factor: Switch = key(
        default=True,
        about="true: risk managers and administrators sign in with a code of their phone as well",
    )
    newcomer_wait: Wait = key(
        "24h",
        "time before somebody whom an administrator made or changed may approve what others want",
        "0s for none",
        validate_default=True,
    )
    hard_limits: dict[str, Any] = Field(
        default_factory=dict,
        description="limits up to which two people may loosen while the bot runs, written like the "
        "section; a key that is not here cannot be loosened beyond the section's own value",
        json_schema_extra={"default": {}},
    )
    loosen_delay: Wait = key(
        "0s", "time between an approval and the looser limit", "0s for none", validate_default=True
    )
    proposal_expires: Duration = key(
        "24h", "a proposal that nobody approved is forgotten", validate_default=True
    )
    longest_override: Duration = key(
        "24h", "longest time for which a pair may have limits of its own", validate_default=True
    )
