"""A line above the page's content that says what went wrong or what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, label, restyle
from clipset_desktop.words import tr

Tone = Literal["good", "warn", "bad"]
#: A good message goes by itself; a bad one stays until it is read, one that offers something a while longer.
_SHOWN_MS, _OFFERED_MS = 5000, 15_000


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
        self.offer = Button(theme, "", kind="quiet", name="offer")
        self.offer.clicked.connect(self._accept)
        self._accepted: Callable[[], None] | None = None
        row.addWidget(self.text, 1)
        row.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._leave = QTimer(self, interval=_SHOWN_MS, singleShot=True)
        self._leave.timeout.connect(self.hide)
        self.hide()

    def say(
        self, sentence: str, tone: Tone, *, offer: str = "", on_offer: Callable[[], None] | None = None
    ) -> None:
        """Show `sentence` in place of the one before; with `offer`, a button of that word beside it, for one press."""
        self.offer.setText(offer)
        self.offer.setVisible(bool(offer))
        self._accepted = on_offer
        self.text.setText(sentence)
        self.setProperty("tone", tone)
        restyle(self)
        restyle(self.text)
        self.setAccessibleName(sentence)
        self._leave.stop()
        if tone == "good":
            self._leave.start(_OFFERED_MS if offer else _SHOWN_MS)
        self.show()

    def _accept(self) -> None:
        self.hide()
        if self._accepted is not None:
            self._accepted()
