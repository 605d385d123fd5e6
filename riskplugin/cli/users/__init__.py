"""riskplugin users: who may do what here. Changed by administrators, recorded in the ledger."""

from __future__ import annotations

import typer

from riskplugin.cli.users.adding import add
from riskplugin.cli.users.changing import disable, enable, revoke, role, telegram
from riskplugin.cli.users.looking import list_, verify
from riskplugin.cli.users.passing import passwd, recover

users = typer.Typer(
    name="users", help="Who may do what here: persons and roles.", no_args_is_help=True
)
users.command("list")(list_)
users.command()(add)
users.command()(role)
users.command()(disable)
users.command()(enable)
users.command()(passwd)
users.command()(telegram)
users.command()(revoke)
users.command()(recover)
users.command()(verify)
