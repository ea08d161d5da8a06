"""`clipset invites`: making, listing and revoking invitations."""

from __future__ import annotations

import argparse
from typing import Any

from server.cli import output
from server.cli.data_folder import opened

_COLUMNS = ("id", "state", "email", "role", "note", "expires_at", "used_by_name")


def add(commands: argparse._SubParsersAction[Any], shared: argparse.ArgumentParser) -> None:
    """The parsers of `invites` and what is below it."""
    invites = commands.add_parser(
        "invites", help="make, list and revoke invitations", description="Invitations to join."
    )
    below = invites.add_subparsers(dest="what", metavar="WHAT", required=True)
    below.add_parser("list", parents=[shared], help="list all invitations").set_defaults(run=_list)
    new = below.add_parser("create", parents=[shared], help="make an invitation, and show its address once")
    new.set_defaults(run=_create)
    new.add_argument("--email", help="only this address may use it")
    new.add_argument("--role", choices=("user", "admin"), default="user")
    new.add_argument("--days", type=int, default=7, metavar="N", help="how long it lasts (7)")
    new.add_argument("--note", default="", help="what it is for")
    revoke = below.add_parser("revoke", parents=[shared], help="make an open invitation unusable")
    revoke.set_defaults(run=_revoke)
    revoke.add_argument("id", help="its id, or enough of its beginning")


def _list(options: argparse.Namespace) -> int:
    with opened(options) as bench:
        rows = bench.all_invitations()
        output.show(
            rows if options.json else output.with_short_ids(rows), as_json=options.json, columns=_COLUMNS
        )
    return 0


def _create(options: argparse.Namespace) -> int:
    from server.values.accounts import HOST, Role

    with opened(options) as bench:
        made = bench.invitations.create(
            HOST,
            email=options.email,
            role=Role(options.role),
            expires_in_days=options.days,
            note=options.note,
        )
        address = bench.address + made.path
        if options.json:
            row = {**bench.invitation_row(made.invitation), "token": made.token, "url": address}
            output.show(row, as_json=True)
        else:
            output.say(address)
            output.say("It is not shown again, and can be used once.")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    from server.values.accounts import HOST

    with opened(options) as bench:
        invitation_id = output.one_of(bench.all_invitations(), options.id, "invitation")
        bench.invitations.revoke(HOST, invitation_id)
    if options.json:
        output.show({"id": invitation_id, "state": "revoked"}, as_json=True)
    else:
        output.say("The invitation cannot be used any more.")
    return 0
