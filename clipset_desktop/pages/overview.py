"""The first page. Answers without scrolling: is it on, how do people get in, who is watching, is there room."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QLocale, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clipset_desktop.bridge import Loader
from clipset_desktop.context import Context
from clipset_desktop.pages.page import Page
from clipset_desktop.widgets import row_delegate
from clipset_desktop.widgets.bar import Bar
from clipset_desktop.widgets.labels import Button, Card, ElidedLabel, label
from clipset_desktop.widgets.plot import Plot
from clipset_desktop.widgets.qr import QrCode
from clipset_desktop.widgets.row_list import RowList
from clipset_desktop.widgets.rows import Badge, Row, RowsModel
from clipset_desktop.words import rate, size, tr, trn
from server.events import Sampled, ViewersChanged
from server.values.stats import Sample, Stats, Watcher
from server.values.videos import VideoStatus

#: Below this much free space the disk asks for attention.
_LOW_BYTES = 5 * 1024**3
#: Side lengths of the code in pixels, and the height of everything else on the page.
_QR_SMALLEST, _QR_LARGEST, _BESIDE_QR = 132, 220, 430
#: Below this width a word has to go, below this height the plots, and who watches is but counted.
_NARROW, _TALL = 640, 540
#: Half an hour, at a sample each five seconds.
POINTS = 360
#: Who is watching is looked up at most this often.
_WATCHERS_MS = 1000


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
        theme = ctx.theme
        self.traffic = Plot(theme, tr("Sent"), rate, POINTS, "accent")
        self.encoding = Plot(theme, tr("Speed"), _times, POINTS, "accent")
        self.free = Plot(theme, tr("Free"), lambda value: size(round(value)), POINTS, "good")
        for card, plot in ((self.watching, self.traffic), (self.room, self.free), (self.work, self.encoding)):
            card.add_below(plot)
        self._samples: deque[Sample] = deque(maxlen=POINTS)
        for at, card in enumerate((self.watching, self.room, self.work)):
            grid.addWidget(card, 1, at)
            grid.setColumnStretch(at, 1)
        self.watchers = RowsModel[Watcher](lambda watcher: watcher.viewer, watcher_row, self)
        self.who = RowList(ctx.theme, self.watchers, tr("Watching now"), thumbnails=ctx.thumbnails)
        self.who.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.who.hide()
        grid.addWidget(self.who, 2, 0, 1, 3)
        grid.setRowStretch(2, 1)
        self._audience = Loader(
            self.run, ctx.core.audience.now, self._show_watchers, self.show_error, self, _WATCHERS_MS
        )
        self.add_body(body)
        ctx.state.changed.connect(self._show)
        self.listen(Sampled, self._on_sample)
        self.listen(ViewersChanged, lambda _: self._audience.ask())
        self._show()

    def load(self) -> None:
        """Fresh figures."""
        self.ctx.state.refresh()
        self.run(self.ctx.core.pulse.history, self._add_samples)
        self._audience.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out where there is no room what is not needed."""
        super().resizeEvent(event)
        self.doctor.setText("" if self.width() < _NARROW else self.doctor.toolTip())
        self._fit()

    def _fit(self) -> None:
        """A larger code where there is room: it can be read from further away. Who watches comes first."""
        tall, watchers = self.height() >= _TALL, len(self.watchers.values)
        for plot in (self.traffic, self.free, self.encoding):
            plot.setVisible(tall)
        self.who.setVisible(tall and watchers > 0)
        room = self.height() - _BESIDE_QR - watchers * row_delegate.HEIGHT
        self.qr.set_size(max(_QR_SMALLEST, min(_QR_LARGEST, room)))

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
        self.doctor = Button(theme, tr("Can others get in?"), "network", name="doctor")
        self.doctor.setToolTip(self.doctor.text())
        self.doctor.setAccessibleName(self.doctor.text())
        self.doctor.clicked.connect(lambda: self.go_to.emit("reaching", "examine"))
        where = QHBoxLayout()
        where.setSpacing(4)
        for each in (self.address, self.copy, self.browse):
            where.addWidget(each, 1 if each is self.address else 0)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(label(tr("People on your network watch and upload at"), "quiet", wrap=True))
        words.addLayout(where)
        self.how = label("", "small", wrap=True)
        words.addWidget(self.how)
        words.addSpacing(12)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.invite)
        buttons.addWidget(self.doctor)
        buttons.addStretch(1)
        words.addLayout(buttons)
        words.addStretch(1)
        card = Card()
        row = QHBoxLayout(card)
        row.setContentsMargins(20, 20, 20, 20)
        row.setSpacing(20)
        row.addWidget(self.qr)
        row.addLayout(words, 1)
        return card

    def _on_sample(self, event: Sampled) -> None:
        self._add_samples([event.sample])
        if event.sample.viewers_now:
            self._audience.ask()

    def _show_watchers(self, watchers: Sequence[Watcher]) -> None:
        self.watchers.replace(watchers)
        self._fit()

    def _add_samples(self, samples: Sequence[Sample]) -> None:
        # the history may come after the first news
        newest = self._samples[-1].at if self._samples else None
        if len(samples) > 1:
            later = [each for each in self._samples if each.at > samples[-1].at]
            self._samples.clear()
            self._samples.extend((*samples, *later))
        elif samples and samples[0].at != newest:
            self._samples.extend(samples)
        self.traffic.show_values([each.sent_bytes_per_s for each in self._samples])
        self.encoding.show_values([each.encode_speed for each in self._samples])
        self.free.show_values([float(each.bytes_free) for each in self._samples])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.ctx.state.now.address)
        self.notice.say(tr("The address is copied."), "good")

    def _show(self) -> None:
        now = self.ctx.state.now
        self.title.setText(now.name)
        self.say(tr("The server is on.") if now.address else tr("Starting"))
        self.address.setText(now.address)
        self.qr.set_text(now.address)
        self.how.setText(
            tr("Or at {name}. Whoever is new needs an invitation.", name=now.local_name)
            if now.local_name
            else tr("On a phone, point the camera at the code. Whoever is new needs an invitation.")
        )
        for each in (self.copy, self.browse, self.invite, self.doctor):
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
        self.watching.say(trn("{n} person can sign in.", "{n} people can sign in.", stats.active_users))


def watcher_row(watcher: Watcher) -> Row:
    """Somebody who watches: who, what, how large, how fast."""
    height = f"{watcher.lines}p" if watcher.lines else ""
    return Row(
        strong=watcher.username or tr("Somebody with a link"),
        quiet=watcher.video_title,
        badges=(Badge(text=tr("Buffering"), tone="warn"),) if watcher.waits else (),
        trailing=" · ".join(filter(None, (height, rate(watcher.bytes_per_s)))),
        icon="play",
        picture=watcher.video_id,
        wide_picture=True,
    )


def _times(speed: float) -> str:
    return f"{QLocale().toString(float(speed), 'f', 1)}×"


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

    def add_below(self, widget: QWidget) -> None:
        """Put something under the line, at the foot."""
        self._column.addWidget(widget)

    def show_figure(self, figure: str, unit: str, line: str) -> None:
        """Show a figure with its unit."""
        self._figure.setText(figure)
        self._unit.setText(unit)
        if line:
            self._line.setText(line)

    def say(self, line: str) -> None:
        """Show the quiet line."""
        self._line.setText(line)
