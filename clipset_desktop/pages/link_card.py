"""An address that is good once: shown as a code and as text, to be scanned or copied. It cannot be shown again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, Card, label
from clipset_desktop.widgets.qr import QrCode
from clipset_desktop.words import tr


class LinkCard(QWidget):
    """The code on a card, what it is good for, and a button that copies the address."""

    def __init__(self, theme: Theme, url: str, advice: str) -> None:
        super().__init__()
        self.url = url
        card = Card()
        qr = QrCode(168)
        qr.set_text(url)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.addWidget(qr, 0, Qt.AlignmentFlag.AlignHCenter)
        self.copy = Button(theme, tr("Copy the link"), "copy", "primary", name="copy")
        self.copy.clicked.connect(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(card)
        column.addWidget(label(advice, "small", wrap=True))
        column.addWidget(self.copy)
        column.addStretch(1)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.url)
        self.copy.setText(tr("Copied"))
        self.copy.set_icon("check")
