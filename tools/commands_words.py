"""What docs/commands.md says beside what the commands say of themselves."""

from __future__ import annotations

#: Options that many commands take.
COMMON = (
    (
        ("--config", "-c"),
        (
            "freqtrade's configuration; several are merged in order. Without it "
            "`user_data/config.json`, then `config.json`"
        ),
    ),
    (("--userdir", "--user-data-dir"), "freqtrade's folder, `user_data` by default"),
    (("--bot",), "which bot, of several in a ledger; by default the one of the configuration"),
    (("--ledger",), "another ledger than the configured one: `sqlite:///…` or `postgresql://…`"),
    (("--json",), "JSON on standard output, for programs"),
    (("--yes", "-y"), "do not ask"),
    (
        ("--by",),
        "who orders this; else the login name. Once people are registered: whoever is signed in",
    ),
    (("--reason", "-r"), "why; it is recorded"),
    (
        ("--wait",),
        (
            "seconds to wait for the bot's answer. An order that is not answered is left in the "
            "ledger, and the exit code is 0: the command says so"
        ),
    ),
)

_ORDER = "the bot refused, you may not, or you did not confirm"
_PERSON = "you may not, or you did not confirm"
_LIMITS = ("propose", "approve", "reject", "end-override", "acknowledge")
_USERS = ("add", "role", "disable", "enable", "passwd", "telegram", "revoke", "recover")
#: Exit code 1, where it says more than that something failed.
FAILS = {
    "check": "something critical was found",
    "breaker": _ORDER,
    "emergency": f"{_ORDER}; or the book was not verified flat in time",
    "alerts": f"{_ORDER}; `alerts test`: a channel failed",
    "report": "the ledger is not sound, or parts of it could not be read",
    "export": "some records could not be read",
    "demo": "a limit did not hold",
    "watchdog": "`watchdog status` and `--once`: something is wrong, or the watchdog does not look",
    "drill": "a step failed",
    "drill verify": "the report is not as it was signed",
    "audit verify": "the records are not whole, or were changed",
    "audit replay": "a decision comes out differently",
    "audit export": "some records could not be read",
    "audit repair": "the records are not whole, the bot runs, or you did not confirm",
    "login": "the sign-in was refused",
    "whoami": "nobody is signed in",
    "users verify": "a password or second factor is not as it was recorded",
    **{f"limits {each}": _ORDER for each in _LIMITS},
    **{f"users {each}": _PERSON for each in _USERS},
}
