"""A run in a folder, and back: run.json for records, curve.npz for what there is per candle."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from riskplugin.reports.compare.run import (
    Asked,
    Cost,
    Effects,
    Facts,
    Fill,
    Run,
    Trade,
    Trip,
)

_CURVES = ("times", "equity", "own", "states")
_VERSION = 1


class CannotRead(Exception):
    """The folder holds no run that can be shown; the message says why."""


def save(run: Run, folder: Path) -> None:
    """Write ``run`` into ``folder``, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    curves = {name: getattr(run, name) for name in _CURVES}
    np.savez_compressed(folder / "curve.npz", **curves)
    plain = {f.name: getattr(run, f.name) for f in fields(run) if f.name not in _CURVES}
    plain = {name: _plain(value) for name, value in plain.items()}
    text = json.dumps({"version": _VERSION, **plain}, ensure_ascii=False, separators=(",", ":"))
    (folder / "run.json").write_text(text, encoding="utf-8", errors="backslashreplace")


def load(folder: Path) -> Run:
    """The run in ``folder``. Raises CannotRead."""
    try:
        told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if told.pop("version") != _VERSION:
            raise CannotRead(f"{folder} was written by another riskplugin: compare again")
        with np.load(folder / "curve.npz", allow_pickle=False) as kept:
            curves = {name: kept[name] for name in _CURVES}
        return _run(told, curves)
    except OSError as error:
        raise CannotRead(f"{folder} holds no comparison: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CannotRead(f"{folder} holds a run that is damaged: {error}") from error


def _run(told: dict[str, Any], curves: dict[str, Any]) -> Run:
    facts = {**told["facts"], "pairs": tuple(told["facts"]["pairs"])}
    made = {
        "facts": Facts(**facts),
        "trades": tuple(_trade(each) for each in told["trades"]),
        "asked": tuple(Asked(**each) for each in told["asked"]),
        "trips": tuple(Trip(e["at"], tuple(e["names"]), e["text"]) for e in told["trips"]),
        "effects": Effects(**told["effects"]),
        "cost": Cost(**told["cost"]),
    }
    return Run(**{**told, **made, **curves})


def _trade(told: dict[str, Any]) -> Trade:
    return Trade(**{**told, "fills": tuple(Fill(**each) for each in told["fills"])})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value
