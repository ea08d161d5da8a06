"""The people who have an account: their role, whether they may sign in, and deleting them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from clipset_desktop.context import Context
from clipset_desktop.pages import people_model
from clipset_desktop.pages.link_card import LinkCard
from clipset_desktop.pages.list_page import ListPage, every
from clipset_desktop.widgets.ask import Answer
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.words import date, tr, trn
from server.events import ConfigChanged, UserChanged, VideoChanged, VideoDeleted
from server.values.accounts import HOST, NewPasswordReset, Role, User


class PeoplePage(ListPage[User]):
    """Live by events."""

    def __init__(self, ctx: Context) -> None:
        empty = EmptyState(
            ctx.theme,
            "users",
            tr("Nobody is here yet"),
            tr("People join with an invitation. Make one, and send it to somebody."),
            action=tr("Invite someone"),
            on_action=lambda: self.go_to.emit("invitations", "new"),
        )
        super().__init__(ctx, tr("People"), people_model.PeopleModel(), empty)
        self._limit_bytes = 0
        self.add_header_button(tr("Invite someone"), "invite", lambda: self.go_to.emit("invitations", "new"))
        self._reset_of: UUID | None = None
        self.listen(ConfigChanged, lambda _: self.load())
        self.listen(UserChanged, lambda _: self.load())
        self.listen(VideoChanged, lambda _: self.load())
        self.listen(VideoDeleted, lambda _: self.load())

    def fetch(self) -> Sequence[User]:
        """Every account."""
        self._limit_bytes = self.ctx.core.configuration.get().weekly_upload_limit_bytes
        return every(lambda page, size_: self.ctx.core.people.list(page=page, page_size=size_))

    def listed(self, values: Sequence[User]) -> None:
        """Count under the heading."""
        assert isinstance(self.model, people_model.PeopleModel)
        if self.model.limit_bytes != self._limit_bytes:
            self.model.limit_bytes = self._limit_bytes
            self.model.refresh()
        self.say(trn("{n} person has an account", "{n} people have an account", len(values)))

    def act(self, action: str, value: Any) -> None:
        """Do what a row's or the panel's button says."""
        user: User = value
        people = self.ctx.core.people
        if action == people_model.DELETE:
            self._ask_delete(user)
        elif action == people_model.SWITCH_OFF:
            self._do(
                lambda: people.set_active(HOST, user.id, False), tr("{name} can no longer sign in."), user
            )
        elif action == people_model.SWITCH_ON:
            self._do(lambda: people.set_active(HOST, user.id, True), tr("{name} can sign in again."), user)
        elif action == people_model.MAKE_ADMIN:
            self._do(lambda: people.set_role(HOST, user.id, Role.ADMIN), tr("{name} is an admin now."), user)
        elif action == people_model.MAKE_MEMBER:
            self._do(lambda: people.set_role(HOST, user.id, Role.USER), tr("{name} is a member now."), user)
        elif action == people_model.NEW_PASSWORD:
            self._ask_reset(user)
        elif action == people_model.SIGN_OUT:
            self._do(
                lambda: people.sign_out_everywhere(HOST, user.id),
                tr("{name} is signed out everywhere."),
                user,
            )

    def show_details(self, value: User) -> None:
        """What is known of a person; an address for a new password stays until the panel is closed."""
        if isinstance(self.panel.content, LinkCard) and self._reset_of == value.id and self.panel.isVisible():
            return
        pairs = [
            (tr("E-mail"), value.email),
            (tr("Role"), tr("Admin") if value.role is Role.ADMIN else tr("Member")),
            (tr("Can sign in"), tr("Yes") if value.is_active else tr("No")),
            (tr("Videos"), str(value.video_count)),
            (tr("Uploaded this week"), people_model.used_line(value, self._limit_bytes)),
            (tr("Joined"), date(value.created_at)),
        ]
        self.show_facts(value.username, pairs, people_model.actions(value))

    def _ask_reset(self, user: User) -> None:
        def made(reset: NewPasswordReset) -> None:
            self._reset_of = user.id
            url = self.ctx.core.address + reset.path
            advice = tr(
                "{name} opens this and chooses a new password. It is good once, until {date}, and shown only now.",
                name=user.username,
                date=date(reset.expires_at),
            )
            self.panel.show_content(
                tr("New password for {name}", name=user.username), LinkCard(self.ctx.theme, url, advice)
            )

        self.ask(
            tr("Let {name} choose a new password?", name=user.username),
            tr("You get a link and a code to hand over. The old password goes on until it is used."),
            (Answer(key="reset", text=tr("Make the link"), kind="primary"),),
            lambda _: self.run(lambda: self.ctx.core.password_resets.create(HOST, user.id), made),
        )

    def _do(self, fn: Callable[[], object], sentence: str, user: User) -> None:
        def done(_: object) -> None:
            self.notice.say(sentence.format(name=user.username), "good")
            self.load()

        self.run(fn, done)

    def _ask_delete(self, user: User) -> None:
        answers: tuple[Answer, ...] = (Answer(key="delete", text=tr("Delete"), kind="danger"),)
        text = tr("The account and its sessions end at once. This cannot be undone.")
        if user.video_count:
            text += " " + trn(
                "What becomes of {name}'s video?", "What becomes of {name}'s {n} videos?", user.video_count,
                name=user.username,
            )  # fmt: skip
            answers = (
                Answer(key="keep", text=tr("Keep the videos")),
                Answer(key="delete", text=tr("Delete them too"), kind="danger"),
            )

        def answered(answer: str) -> None:
            self._do(
                lambda: self.ctx.core.people.delete(HOST, user.id, keep_videos=answer == "keep"),
                tr("{name} is deleted."),
                user,
            )

        self.ask(tr("Delete {name}?", name=user.username), text, answers, answered)
