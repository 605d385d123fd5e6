"""The drill's report: a signed JSON file that anybody can check, and the same to read."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from riskplugin.ledger.proof.signing import PublicKey, SigningKey
from riskplugin.ports import LedgerError

_FORM = "riskplugin drill 1"


@dataclass
class Step:
    """One step: what was expected, whether it came, how long it took, and what shows it."""

    part: str
    name: str
    passed: bool = False
    seconds: float | None = None
    bound_s: float | None = None
    text: str = "not reached"
    evidence: dict[str, Any] = field(default_factory=dict)


def report_of(facts: dict[str, Any], steps: Sequence[Step]) -> dict[str, Any]:
    """The report without a signature."""
    passed = all(step.passed for step in steps)
    return {"form": _FORM, **facts, "passed": passed, "steps": [asdict(step) for step in steps]}


def signed(report: dict[str, Any], key: SigningKey | None) -> dict[str, Any]:
    """The report with a signature of everything in it; null where there is no key."""
    if key is None:
        return {**report, "signature": None}
    made = base64.b64encode(key.sign(_canonical(report))).decode()
    told = {"key": key.id, "public_key": key.public.text, "signature": made}
    return {**report, "signature": told}


def check(report: dict[str, Any], trusted: Sequence[PublicKey]) -> tuple[bool, str]:
    """Whether the report is as it was signed, and by whom, in words."""
    told = report.get("signature")
    if report.get("form") != _FORM:
        return False, "this is no report of a drill"
    if not isinstance(told, dict):
        return False, "the report is not signed: anybody may have written it"
    try:
        key = PublicKey.parse(str(told["public_key"]))
        signature = base64.b64decode(str(told["signature"]), validate=True)
    except (KeyError, ValueError, binascii.Error, LedgerError):
        return False, "the signature cannot be read"
    body = {name: value for name, value in report.items() if name != "signature"}
    if not key.verify(_canonical(body), signature):
        return False, "the report was edited: its signature does not fit it"
    if not trusted:
        return True, f"as key {key.id} signed it; no key of yours was there to compare with"
    if key.raw not in [each.raw for each in trusted]:
        return False, f"signed with key {key.id}, which is none of yours"
    return True, f"as it was signed with your key {key.id}"


def write(report: dict[str, Any], out: Path) -> Path:
    """Write the JSON file, and Markdown beside it; answers where that lies."""
    out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    readable = out.with_suffix(".md")
    readable.write_text(markdown(report), encoding="utf-8")
    return readable


def markdown(report: dict[str, Any]) -> str:
    """The report for people."""
    ordered = f"limits {report['limits_version']}, ordered by {report['by']}"
    lines = [
        f"# Drill of {report['bot']}: {'PASSED' if report['passed'] else 'FAILED'}",
        "",
        f"{report['at']}, riskplugin {report['software']}, {report['market']}, {ordered}.",
        "",
        "| | step | seconds | at most | what shows it |",
        "|---|---|---|---|---|",
    ]
    for step in report["steps"]:
        sign = "passed" if step["passed"] else "FAILED"
        text = str(step["text"]).replace("|", "/").replace("\n", " ")
        took, bound = _figure(step["seconds"]), _figure(step["bound_s"])
        lines.append(f"| {sign} | {step['name']} | {took} | {bound} | {text} |")
    lines += ["", "Unlike your own bot:", *(f"- {each}" for each in report["differences"]), ""]
    for chain in report["chains"]:
        lines.append(
            f"Chain of {chain['bot']}: {chain['records']} records, {chain['verdict']}, ends with "
            f"`{chain['head']}`."
        )
    told = report["signature"]
    lines += ["", "Not signed." if told is None else f"Signed with key {told['key']}.", ""]
    return "\n".join(lines)


def _figure(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, int | float) else ""


def _canonical(report: dict[str, Any]) -> bytes:
    text = json.dumps(report, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{_FORM}\n{text}".encode()
