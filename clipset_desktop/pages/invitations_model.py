"""How an invitation looks as a row."""

from __future__ import annotations

from clipset_desktop.widgets.rows import Action, Badge, Row, RowsModel
from clipset_desktop.words import ago, date, tr, until
from server.values.accounts import Invitation, InvitationState, Role

REVOKE = "revoke"


class InvitationsModel(RowsModel[Invitation]):
    """Invitations, newest first."""

    def __init__(self) -> None:
        super().__init__(lambda invitation: invitation.id, row)


def row(invitation: Invitation) -> Row:
    """One invitation."""
    is_open = invitation.state is InvitationState.OPEN
    return Row(
        strong=name(invitation),
        quiet=" · ".join(filter(None, (state_line(invitation), invitation.note if invitation.email else ""))),
        icon="mail" if is_open else ("check" if invitation.state is InvitationState.USED else "close"),
        badges=(Badge(text=tr("Admin"), tone="accent"),) if invitation.role is Role.ADMIN else (),
        actions=actions(invitation),
        faded=not is_open,
    )


def name(invitation: Invitation) -> str:
    """Whom it is for, as far as is known."""
    return invitation.email or invitation.note or tr("For anyone with the link")


def actions(invitation: Invitation) -> tuple[Action, ...]:
    """An open invitation can be taken back."""
    if invitation.state is not InvitationState.OPEN:
        return ()
    return (Action(key=REVOKE, text=tr("Take back"), icon="trash", shortcut="Del", danger=True),)


def state_line(invitation: Invitation) -> str:
    """Where it stands, in a few words."""
    if invitation.state is InvitationState.OPEN:
        return tr("Open, {left}", left=until(invitation.expires_at))
    if invitation.state is InvitationState.USED:
        who = invitation.used_by_name or tr("somebody")
        when = ago(invitation.used_at) if invitation.used_at else ""
        return tr("Used by {who} {when}", who=who, when=when).strip()
    if invitation.state is InvitationState.REVOKED:
        return (
            tr("Taken back {when}", when=ago(invitation.revoked_at))
            if invitation.revoked_at
            else tr("Taken back")
        )
    return tr("Ran out on {date}", date=date(invitation.expires_at))
