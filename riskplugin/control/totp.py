"""The second factor: six digits of a phone that change every half minute (RFC 6238)."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

#: Seconds that a code stands; one step before and after is taken as well.
STEP = 30
ISSUER = "riskplugin"


def new_secret() -> str:
    """160 random bits in base32."""
    import pyotp

    return pyotp.random_base32()


def uri(secret: str, name: str) -> str:
    """What an authenticator reads from the QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, of the three around ``at``; None for a wrong code."""
    import pyotp

    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"\d{6}", digits, re.ASCII):
        return None
    now = int(at.timestamp()) // STEP
    made = pyotp.TOTP(secret)
    fitting = [
        s for s in (now, now - 1, now + 1) if hmac.compare_digest(made.generate_otp(s), digits)
    ]
    return fitting[0] if fitting else None
