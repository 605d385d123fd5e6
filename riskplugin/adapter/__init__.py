"""The shell around freqtrade: the only package that imports it. Sealed hooks, guards, snapshots."""
