"""The first page. Answers without scrolling: is it on, how do people get in, who is watching, is there room."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from clipset_desktop.context import Context
from clipset_desktop.pages.page import Page
from clipset_desktop.widgets.bar import Bar
from clipset_desktop.widgets.labels import Button, Card, ElidedLabel, label
from clipset_desktop.widgets.qr import QrCode
from clipset_desktop.words import size, tr, trn
from server.values.stats import Stats
from server.values.videos import VideoStatus

#: Below this much free space the disk asks for attention.
_LOW_BYTES = 5 * 1024**3
#: Side lengths of the code in pixels, and the height of everything else on the page.
_QR_SMALLEST, _QR_LARGEST, _BESIDE_QR = 132, 240, 340


class OverviewPage(Page):
    """Shows the server's state, which the frame keeps fresh."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx, tr("Overview"))
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(16)
        grid.addWidget(self._way_in(), 0, 0, 1, 3)
        self.watching = _Figure(tr("Watching now"))
        self.room = _Figure(tr("Free space"))
        self.room_bar = Bar(ctx.theme)
        self.room.add(self.room_bar)
        self.work = _Figure(tr("Getting ready"))
        for at, card in enumerate((self.watching, self.room, self.work)):
            grid.addWidget(card, 1, at)
            grid.setColumnStretch(at, 1)
        grid.setRowStretch(2, 1)
        self.add_body(body)
        ctx.state.changed.connect(self._show)
        self._show()

    def load(self) -> None:
        """Fresh figures."""
        self.ctx.state.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A larger code where there is room: it can be read from further away."""
        super().resizeEvent(event)
        self.qr.set_size(max(_QR_SMALLEST, min(_QR_LARGEST, self.height() - _BESIDE_QR)))

    def _way_in(self) -> Card:
        theme = self.ctx.theme
        self.qr = QrCode(_QR_SMALLEST)
        self.address = ElidedLabel(role="title")
        self.copy = Button(theme, tr("Copy the address"), "copy", "icon", name="copy")
        self.copy.clicked.connect(self._copy)
        self.browse = Button(theme, tr("Open it here"), "external", "icon", name="browse")
        self.browse.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self.ctx.state.now.address)))
        self.invite = Button(theme, tr("Invite someone"), "invite", "primary", name="invite")
        self.invite.clicked.connect(lambda: self.go_to.emit("invitations", "new"))
        where = QHBoxLayout()
        where.setSpacing(4)
        for each in (self.address, self.copy, self.browse):
            where.addWidget(each, 1 if each is self.address else 0)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(label(tr("People on your network watch and upload at"), "quiet", wrap=True))
        words.addLayout(where)
        how = tr("On a phone, point the camera at the code. Whoever is new needs an invitation.")
        words.addWidget(label(how, "small", wrap=True))
        words.addSpacing(12)
        words.addWidget(self.invite, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        card = Card()
        row = QHBoxLayout(card)
        row.setContentsMargins(20, 20, 20, 20)
        row.setSpacing(20)
        row.addWidget(self.qr)
        row.addLayout(words, 1)
        return card

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.ctx.state.now.address)
        self.notice.say(tr("The address is copied."), "good")

    def _show(self) -> None:
        now = self.ctx.state.now
        self.title.setText(now.name)
        self.say(tr("The server is on.") if now.address else tr("Starting"))
        self.address.setText(now.address)
        self.qr.set_text(now.address)
        for each in (self.copy, self.browse, self.invite):
            each.setEnabled(bool(now.address))
        self.watching.show_figure(
            str(now.viewers_now), trn("person", "people", now.viewers_now), tr("Nobody at the moment.")
        )
        if now.stats is not None:
            self._show_stats(now.stats)

    def _show_stats(self, stats: Stats) -> None:
        total = stats.bytes_stored + stats.bytes_free
        low = stats.bytes_free < _LOW_BYTES
        self.room.show_figure(size(stats.bytes_free), "", "")
        videos = sum(stats.videos_by_status.values())
        used = trn(
            "{n} video takes {size}.", "{n} videos take {size}.", videos, size=size(stats.bytes_stored)
        )
        self.room.say(tr("Almost full. Delete videos or choose a larger disk.") if low else used)
        self.room_bar.show_fraction(stats.bytes_stored / total if total else 0, "bad" if low else "accent")
        busy = stats.jobs_running + stats.jobs_queued
        failed = stats.videos_by_status.get(VideoStatus.FAILED, 0)
        self.work.show_figure(str(busy), trn("video", "videos", busy), "")
        parts = (
            trn("{n} waits.", "{n} wait.", stats.jobs_queued) if stats.jobs_queued else "",
            trn("{n} failed.", "{n} failed.", failed) if failed else "",
        )
        self.work.say(" ".join(filter(None, parts)) or tr("Nothing is waiting."))
        self.watching.say(
            tr(
                "{users} can sign in.",
                users=trn("{n} person", "{n} people", stats.active_users),
            )
        )


class _Figure(Card):
    """A question, a large figure, and a quiet line."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self._figure = label("–", "figure")
        self._unit = label("", "quiet")
        self._line = label("", "small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._figure)
        row.addWidget(self._unit)
        row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 14, 16, 14)
        self._column.setSpacing(4)
        self._column.addWidget(label(question, "quiet"))
        self._column.addLayout(row)
        self._column.addWidget(self._line)
        self._column.addStretch(1)

    def add(self, widget: QWidget) -> None:
        """Put something between the figure and the line."""
        self._column.insertWidget(2, widget)

    def show_figure(self, figure: str, unit: str, line: str) -> None:
        """Show a figure with its unit."""
        self._figure.setText(figure)
        self._unit.setText(unit)
        if line:
            self._line.setText(line)

    def say(self, line: str) -> None:
        """Show the quiet line."""
        self._line.setText(line)
