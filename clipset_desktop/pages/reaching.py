"""The LAN doctor: what may keep others out, what to do about it, and the proof when a phone comes through."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from clipset_desktop.bridge import Loader
from clipset_desktop.context import Context
from clipset_desktop.pages.page import Page
from clipset_desktop.widgets.labels import Button, Card, label
from clipset_desktop.widgets.qr import QrCode
from clipset_desktop.words import sentence, tr
from server.errors import ClipsetError
from server.events import AddressChanged, DeviceReached
from server.values.lan import Finding, Tone, WayIn

_ICONS = {Tone.GOOD: ("check", "good"), Tone.WARN: ("warning", "warn"), Tone.BAD: ("error", "bad")}


class ReachingPage(Page):
    """Examines when it is opened and whenever the network changes; goes green when another device is answered."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx, tr("Can others get in?"))
        self.findings: Sequence[Finding] = ()
        back = self.add_header_button(tr("Overview"), "arrow-left", self._go_back, kind="quiet")
        back.setObjectName("back")
        self.again = self.add_header_button(tr("Look again"), "retry", self._examine, kind="plain")
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._list.setAlignment(Qt.AlignmentFlag.AlignTop)
        body = QWidget()
        body.setObjectName("scrolled")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(16)
        column.addWidget(self._trial())
        column.addLayout(self._list)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        self.add_body(scroll)
        self._loader = Loader(self.run, self._look, self._show, self._on_error, self)
        self.listen(AddressChanged, lambda _: self._examine())
        self.listen(DeviceReached, self._on_reached)

    def open(self, what: object) -> None:
        """Look anew each time somebody comes here."""
        if what == "examine":
            self._examine()

    def _trial(self) -> Card:
        self.qr = QrCode(132)
        self.qr.set_text(self.ctx.state.now.address)
        self.proof = label(tr("Try it with a phone"), "heading", wrap=True)
        self.addresses = label(role="small", wrap=True, select=True)
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addStretch(1)
        words.addWidget(self.proof)
        how = tr(
            "Point the camera of a phone in the same Wi-Fi at the code and open the link. As soon as it comes "
            "through, this turns green."
        )
        words.addWidget(label(how, "quiet", wrap=True))
        words.addWidget(self.addresses)
        words.addStretch(1)
        card = Card()
        row = QHBoxLayout(card)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(20)
        row.addWidget(self.qr)
        row.addLayout(words, 1)
        return card

    def _examine(self) -> None:
        self.again.setEnabled(False)
        self._loader.ask()

    def _look(self) -> tuple[Sequence[Finding], WayIn]:
        lan = self.ctx.core.lan
        return lan.examine(), lan.way_in()

    def _on_error(self, error: ClipsetError) -> None:
        self.again.setEnabled(True)
        self.show_error(error)

    def _show(self, found: tuple[Sequence[Finding], WayIn]) -> None:
        self.again.setEnabled(True)
        self.findings, way_in = found
        self.qr.set_text(way_in.address)
        self._show_proof(way_in.last_reached.address if way_in.last_reached else "")
        also = ", ".join((*way_in.names, *way_in.others))
        self.addresses.setText(tr("Also try: {addresses}", addresses=also) if also else "")
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for finding in self.findings:
            self._list.addWidget(self._row(finding))

    def _show_proof(self, address: str) -> None:
        self.proof.setText(
            tr("It works: {address} came through", address=address) if address else tr("Try it with a phone")
        )

    def _on_reached(self, event: DeviceReached) -> None:
        self._show_proof(event.address)
        if self.isVisible():
            self._examine()

    def _row(self, finding: Finding) -> Card:
        icon, color = _ICONS[finding.tone]
        picture = QLabel()
        picture.setPixmap(self.ctx.theme.pixmap(icon, color, 20, self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(sentence(finding.sentence), "strong", wrap=True))
        if finding.advice:
            words.addWidget(label(sentence(finding.advice), "quiet", wrap=True))
        if finding.command:
            words.addLayout(self._command(finding.command))
        card = Card()
        card.setAccessibleName(sentence(finding.sentence))
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return card

    def _command(self, command: str) -> QHBoxLayout:
        copy = Button(self.ctx.theme, tr("Copy"), "copy", "icon")

        def take() -> None:
            QGuiApplication.clipboard().setText(command)
            self.notice.say(tr("The command is copied."), "good")

        copy.clicked.connect(take)
        row = QHBoxLayout()
        row.addWidget(label(command, "small", wrap=True, select=True), 1)
        row.addWidget(copy)
        return row

    def _go_back(self) -> None:
        self.go_to.emit("overview", None)
