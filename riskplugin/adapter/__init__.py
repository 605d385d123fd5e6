"""The shell around freqtrade: the only package that imports it. Sealed hooks, guards, snapshots."""

from __future__ import annotations

from riskplugin.adapter.protections.registration import register

register()  # here, because hyperopt's workers import this package with every guarded strategy
