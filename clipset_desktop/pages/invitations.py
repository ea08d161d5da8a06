"""Invitations: make one, hand it over as a card, see which are open, take one back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage

from clipset_desktop.context import Context
from clipset_desktop.pages import invitations_model
from clipset_desktop.pages.invitation_card import InvitationCard
from clipset_desktop.pages.list_page import ListPage, every
from clipset_desktop.widgets.ask import Answer
from clipset_desktop.widgets.details import column
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.widgets.fields import Choice, Field, line
from clipset_desktop.widgets.labels import Button, label
from clipset_desktop.words import ago, date, sentence, tr, trn
from server.errors import ClipsetError, OutOfSpace
from server.events import InvitationChanged
from server.values.accounts import HOST, Invitation, InvitationState, NewInvitation, Role

_DAYS = (1, 7, 30)


class InvitationsPage(ListPage[Invitation]):
    """The panel holds the form, then the card, or what is known of an invitation made earlier."""

    def __init__(self, ctx: Context) -> None:
        empty = EmptyState(
            ctx.theme,
            "mail",
            tr("No invitations yet"),
            tr("Each invitation lets one person make an account. Show the code, or send the link."),
            action=tr("Invite someone"),
            on_action=lambda: self.open("new"),
        )
        super().__init__(ctx, tr("Invitations"), invitations_model.InvitationsModel(), empty)
        self.add_header_button(tr("Invite someone"), "invite", lambda: self.open("new"))
        self.card: InvitationCard | None = None
        self.listen(InvitationChanged, lambda _: self.load())

    def fetch(self) -> Sequence[Invitation]:
        """Every invitation."""
        return every(lambda page, size: self.ctx.core.invitations.list(page=page, page_size=size))

    def listed(self, values: Sequence[Invitation]) -> None:
        """Count the open ones under the heading."""
        count = sum(each.state is InvitationState.OPEN for each in values)
        self.say(trn("{n} is open", "{n} are open", count) if count else "")

    def open(self, what: object) -> None:
        """Show the form for a new invitation."""
        if what == "new":
            self.list.clearSelection()
            self._form()

    def act(self, action: str, value: Any) -> None:
        """Take an invitation back after asking."""
        invitation: Invitation = value
        if action == invitations_model.REVOKE:
            self.ask(
                tr("Take this invitation back?"),
                tr("Its link and its code stop working at once."),
                (Answer(key="revoke", text=tr("Take back"), kind="danger"),),
                lambda _: self.run(
                    lambda: self.ctx.core.invitations.revoke(HOST, invitation.id), lambda _: self.load()
                ),
            )

    def show_details(self, value: Invitation) -> None:
        """What is known of an invitation; its link was shown once and is not known any more."""
        pairs = [
            (tr("State"), invitations_model.state_line(value)),
            (tr("E-mail"), value.email or tr("Any")),
            (tr("Joins as"), tr("Admin") if value.role is Role.ADMIN else tr("Member")),
            (tr("Made"), ago(value.created_at)),
            (tr("Good until"), date(value.expires_at)),
            (tr("Note"), value.note),
        ]
        self.show_facts(invitations_model.name(value), pairs, invitations_model.actions(value))

    def close_panel(self) -> None:
        """A card that is closed is gone: its link cannot be shown again."""
        self.card = None
        super().close_panel()

    def _form(self) -> None:
        theme = self.ctx.theme
        body, layout = column()
        self.days = Choice(theme, [(n, trn("{n} day", "{n} days", n)) for n in _DAYS], 7)
        self.role = Choice(theme, [(Role.USER, tr("Member")), (Role.ADMIN, tr("Admin"))], Role.USER)
        self.email = line(placeholder=tr("Optional"))
        self.note = line(placeholder=tr("Optional, only for you"))
        self._fields = {
            "role": Field(tr("Joins as"), self.role),
            "expires_in_days": Field(tr("Good for"), self.days),
            "email": Field(tr("Only for this e-mail address"), self.email),
            "note": Field(tr("Note"), self.note),
        }
        for field in self._fields.values():
            layout.addWidget(field)
        self.submit = Button(theme, tr("Create invitation"), kind="primary", name="create")
        self.submit.clicked.connect(self._create)
        self.email.returnPressed.connect(self._create)
        self.note.returnPressed.connect(self._create)
        layout.addSpacing(8)
        layout.addWidget(self.submit)
        layout.addWidget(label(tr("One invitation lets one person in."), "small", wrap=True))
        layout.addStretch(1)
        self.panel.show_content(tr("Invite someone"), body)
        self.email.setFocus()

    def _create(self) -> None:
        email, role = self.email.text().strip() or None, self.role.value
        days, note = self.days.value, self.note.text().strip()
        self.submit.setEnabled(False)
        self.run(
            lambda: self.ctx.core.invitations.create(
                HOST, email=email, role=role, expires_in_days=days, note=note
            ),
            self._show_card,
            self._show_refusal,
        )

    def _show_card(self, made: NewInvitation) -> None:
        state = self.ctx.state.now
        self.card = InvitationCard(self.ctx.theme, state.name, state.address, made, self._save_picture)
        self.panel.show_content(tr("The invitation"), self.card)
        self.card.copy.setFocus()
        self.load()

    def _show_refusal(self, error: ClipsetError) -> None:
        self.submit.setEnabled(True)
        for field in self._fields.values():
            field.show_wrong("")
        if error.field in self._fields:
            self._fields[error.field].show_wrong(sentence(error.sentence))
        else:
            self.show_error(error)

    def _save_picture(self, image: QImage, file: Path) -> None:
        def save() -> None:
            if not image.save(str(file)):
                raise OutOfSpace(tr("The picture could not be saved there. Choose another folder."))

        self.run(save, lambda _: self.notice.say(tr("Saved as {file}.", file=file.name), "good"))
