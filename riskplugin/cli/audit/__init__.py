"""riskplugin audit: look at the records, take them out, prove them, make decisions again."""

from __future__ import annotations

import typer

from riskplugin.cli.audit.export import export
from riskplugin.cli.audit.keygen import keygen
from riskplugin.cli.audit.repair import repair
from riskplugin.cli.audit.replay import replay
from riskplugin.cli.audit.rotate import rotate_key
from riskplugin.cli.audit.show import show
from riskplugin.cli.audit.verify import verify

audit = typer.Typer(
    name="audit",
    help="The records: show, export, verify them; make decisions again; their keys.",
    no_args_is_help=True,
)
audit.command()(show)
audit.command()(export)
audit.command()(verify)
audit.command()(replay)
audit.command()(repair)
audit.command()(keygen)
audit.command()(rotate_key)
