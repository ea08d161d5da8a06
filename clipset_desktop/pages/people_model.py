"""How a person looks as a row, and what can be done about them."""

from __future__ import annotations

from clipset_desktop.widgets.rows import Action, Badge, Row, RowsModel
from clipset_desktop.words import date, size, tr, trn
from server.values.accounts import Role, User

MAKE_ADMIN = "make-admin"
MAKE_MEMBER = "make-member"
SWITCH_OFF = "switch-off"
SWITCH_ON = "switch-on"
SIGN_OUT = "sign-out"
NEW_PASSWORD = "new-password"  # noqa: S105  the name of an action
DELETE = "delete"


class PeopleModel(RowsModel[User]):
    """Accounts, in the order they came."""

    def __init__(self) -> None:
        super().__init__(lambda user: user.id, self._row)
        #: What each may upload in a week; 0 while that is not known.
        self.limit_bytes = 0

    def _row(self, user: User) -> Row:
        return row(user, self.limit_bytes)


def row(user: User, limit_bytes: int) -> Row:
    """One person, with what they have used of the week's allowance."""
    parts = (
        user.email,
        trn("{n} video", "{n} videos", user.video_count),
        tr("joined {date}", date=date(user.created_at)),
    )
    return Row(
        strong=user.username,
        quiet=" · ".join(parts),
        trailing=used_line(user, limit_bytes),
        initial=user.username[:1].upper(),
        badges=badges(user),
        actions=actions(user),
        faded=not user.is_active,
    )


def used_line(user: User, limit_bytes: int) -> str:
    """How much of the week's allowance is used."""
    if not limit_bytes:
        return ""
    return tr("{used} of {limit} this week", used=size(user.weekly_upload_bytes), limit=size(limit_bytes))


def badges(user: User) -> tuple[Badge, ...]:
    """Who is an admin, and who may not sign in."""
    found = []
    if user.role is Role.ADMIN:
        found.append(Badge(text=tr("Admin"), tone="accent"))
    if not user.is_active:
        found.append(Badge(text=tr("Switched off"), tone="warn"))
    return tuple(found)


def actions(user: User) -> tuple[Action, ...]:
    """What can be done about a person as things stand."""
    admin = user.role is Role.ADMIN
    return (
        Action(key=MAKE_MEMBER, text=tr("Make a member"), icon="user")
        if admin
        else Action(key=MAKE_ADMIN, text=tr("Make an admin"), icon="key"),
        Action(key=SWITCH_OFF, text=tr("Switch off"), icon="lock")
        if user.is_active
        else Action(key=SWITCH_ON, text=tr("Switch on"), icon="check"),
        Action(key=SIGN_OUT, text=tr("Sign out everywhere"), icon="sign-out"),
        Action(key=NEW_PASSWORD, text=tr("New password"), icon="key"),
        Action(key=DELETE, text=tr("Delete"), icon="trash", shortcut="Del", danger=True),
    )
