"""What is shown when the server cannot start: the sentence that says why, and two ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, label
from clipset_desktop.words import tr


class StartFailed(QDialog):
    """Emits `retried` or `abandoned`, one of them, once."""

    retried = Signal()
    abandoned = Signal()

    def __init__(self, theme: Theme, sentence: str) -> None:
        super().__init__()
        self.setWindowTitle("Clipset")
        self.sentence = label(sentence, wrap=True, select=True)
        self.sentence.setMinimumWidth(380)
        self._again = False
        picture = QLabel()
        picture.setPixmap(theme.pixmap("warning", "warn", 32, self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(label(tr("Clipset cannot start"), "heading"))
        words.addWidget(self.sentence)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        leave = Button(theme, tr("Quit"), kind="quiet", name="quit")
        leave.clicked.connect(self.close)
        again = Button(theme, tr("Try again"), "retry", "primary", name="again")
        again.clicked.connect(self._retry)
        again.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(again)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(20)
        column.addLayout(top)
        column.addLayout(buttons)

    def reject(self) -> None:
        """Escape is the same as Quit."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say how it ended."""
        event.accept()
        (self.retried if self._again else self.abandoned).emit()

    def _retry(self) -> None:
        self._again = True
        self.close()
