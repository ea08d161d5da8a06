"""`clipset users`: who may get in."""

from __future__ import annotations

import argparse
import getpass
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from server.cli import output
from server.cli.data_folder import opened
from server.errors import InvalidInput

if TYPE_CHECKING:
    from server.values.accounts import User
    from server.workbench import Workbench

_COLUMNS = ("username", "email", "role", "is_active", "video_count", "created_at")


def add(commands: argparse._SubParsersAction[Any], shared: argparse.ArgumentParser) -> None:
    """The parsers of `users` and what is below it."""
    users = commands.add_parser(
        "users", help="list, add and change people", description="People with an account."
    )
    below = users.add_subparsers(dest="what", metavar="WHAT", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = below.add_parser(
            name, parents=[shared], help=about, description=f"{about[0].upper()}{about[1:]}."
        )
        parser.set_defaults(run=run)
        return parser

    command("list", _list, "list everybody")
    new = command("add", _add, "make an account, and show its password once")
    new.add_argument("username")
    new.add_argument("email")
    new.add_argument("--role", choices=("user", "admin"), default="user")
    new.add_argument("--ask", action="store_true", help="ask for the password instead of making one up")
    role = command("role", _role, "make somebody an admin or a user")
    _who(role)
    role.add_argument("role", choices=("user", "admin"))
    _who(command("disable", _disable, "keep somebody out, and end their sessions"))
    _who(command("enable", _enable, "let somebody in again"))
    _who(command("sign-out", _sign_out, "end all sessions of somebody"))
    password = command(
        "password", _password, "give somebody a new password, shown once, and end their sessions"
    )
    _who(password)
    password.add_argument("--ask", action="store_true", help="ask for the password instead of making one up")
    delete = command("delete", _delete, "delete an account")
    _who(delete)
    delete.add_argument(
        "--videos", choices=("delete", "keep"), required=True, help="what becomes of their videos"
    )


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", help="the name, e-mail address or id of an account")


def _list(options: argparse.Namespace) -> int:
    with opened(options) as bench:
        output.show(bench.all_users(), as_json=options.json, columns=_COLUMNS, nothing="There is nobody yet.")
    return 0


def _add(options: argparse.Namespace) -> int:
    from server.values.accounts import Role

    password = _new_password(options)
    with opened(options) as bench:
        user = bench.accounts.add(options.email, options.username, password, Role(options.role))
        _show_with_password(options, bench, user, password, f"{user.username} can sign in now.")
    return 0


def _role(options: argparse.Namespace) -> int:
    from server.values.accounts import Role

    with opened(options) as bench:
        user_id = bench.people.find(options.who).id
        bench.set_role(user_id, Role(options.role))
        user = bench.accounts.get(user_id)
        kind = "an admin" if user.role is Role.ADMIN else "a user"
        _show(options, bench, user, f"{user.username} is {kind} now.")
    return 0


def _disable(options: argparse.Namespace) -> int:
    return _set_active(options, is_active=False)


def _enable(options: argparse.Namespace) -> int:
    return _set_active(options, is_active=True)


def _set_active(options: argparse.Namespace, *, is_active: bool) -> int:
    with opened(options) as bench:
        user_id = bench.people.find(options.who).id
        bench.set_active(user_id, is_active)
        user = bench.accounts.get(user_id)
        sentence = f"{user.username} may sign in again." if is_active else f"{user.username} is kept out now."
        _show(options, bench, user, sentence)
    return 0


def _sign_out(options: argparse.Namespace) -> int:
    with opened(options) as bench:
        user = bench.people.find(options.who)
        bench.sign_out(user.id)
        _show(options, bench, user, f"All sessions of {user.username} have ended.")
    return 0


def _password(options: argparse.Namespace) -> int:
    password = _new_password(options)
    with opened(options) as bench:
        user = bench.people.find(options.who)
        bench.set_password(user.id, password)
        _show_with_password(
            options, bench, user, password, f"{user.username} has a new password. All sessions have ended."
        )
    return 0


def _delete(options: argparse.Namespace) -> int:
    with opened(options) as bench:
        user = bench.people.find(options.who)
        bench.delete_user(user.id, keep_videos=options.videos == "keep")
        _show(options, bench, user, f"The account of {user.username} is deleted.")
    return 0


def _new_password(options: argparse.Namespace) -> str:
    """A made-up password, or one that was typed twice. Raises `InvalidInput`."""
    if not options.ask:
        return secrets.token_urlsafe(12)
    typed = getpass.getpass("Password: ")
    if typed != getpass.getpass("Once more: "):
        raise InvalidInput("The two were not the same. Nothing was changed.")
    return typed


def _show_with_password(
    options: argparse.Namespace, bench: Workbench, user: User, password: str, sentence: str
) -> None:
    shown = None if options.ask else password
    if options.json:
        output.show({**bench.user_row(user), "password": shown}, as_json=True)
        return
    output.say(sentence)
    if shown is not None:
        output.say(f"Password: {shown}")
        output.say("It is not shown again. It can be changed after signing in.")


def _show(options: argparse.Namespace, bench: Workbench, user: User, sentence: str) -> None:
    if options.json:
        output.show(bench.user_row(user), as_json=True)
    else:
        output.say(sentence)
