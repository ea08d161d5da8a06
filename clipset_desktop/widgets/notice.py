"""A line above the page's content that says what went wrong or what was done."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, label, restyle
from clipset_desktop.words import tr

Tone = Literal["good", "warn", "bad"]
#: A good message goes by itself; a bad one stays until it is read.
_SHOWN_MS = 5000


class Notice(QFrame):
    """Hidden until it has something to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.text = label(wrap=True)
        close = Button(theme, tr("Close"), "close", "icon")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.addWidget(self.text, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._leave = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self._leave.timeout.connect(self.hide)
        self.hide()

    def say(self, sentence: str, tone: Tone) -> None:
        """Show `sentence`; it replaces the one before."""
        self.text.setText(sentence)
        self.setProperty("tone", tone)
        restyle(self)
        restyle(self.text)
        self.setAccessibleName(sentence)
        self._leave.stop()
        if tone == "good":
            self._leave.start()
        self.show()
