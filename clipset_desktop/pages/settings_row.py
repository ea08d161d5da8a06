"""One setting on the page: its label and help, its input, what is wrong with what was entered, and back to default."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.pages.settings_editors import editor_for, help_of
from clipset_desktop.widgets.labels import Button, label
from clipset_desktop.words import sentence, tr
from server import settings
from server.errors import InvalidInput
from server.settings import Setting, Unit

_INPUT_WIDTH = 252
_NARROW = 520
_TOP = Qt.AlignmentFlag.AlignTop


class SettingRow(QWidget):
    """Knows the value in force and the one entered; emits `edited` with every key stroke."""

    edited = Signal()

    def __init__(self, theme: Theme, row: Setting, *, locked: str = "") -> None:
        super().__init__()
        self.row = row
        self._in_force: str | None = None
        self._wrong = label(role="wrong", wrap=True)
        self._wrong.hide()
        self.editor = editor_for(theme, row)
        self.editor.setFixedWidth(_INPUT_WIDTH)
        self.editor.setEnabled(not locked)
        self.editor.edited.connect(self._on_edited)
        self.back = Button(theme, tr("Back to the default"), "retry", "icon")
        self.back.clicked.connect(self._to_default)
        keep = self.back.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(keep)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 8, 12)
        grid.setHorizontalSpacing(8)
        grid.addWidget(label(tr(row.label), "strong", wrap=True), 0, 0, _TOP)
        grid.addWidget(label(locked or help_of(row), "small", wrap=True), 1, 0, _TOP)
        grid.setColumnStretch(0, 1)
        self._is_narrow: bool | None = None
        self._arrange(narrow=False)
        self._locked = bool(locked)

    @property
    def is_changed(self) -> bool:
        """Whether something else is entered than what is in force, once that is known."""
        return self._in_force is not None and self.editor.text() != self._in_force

    @property
    def wrong(self) -> str:
        """What is wrong with what is entered; empty when nothing is."""
        return self._wrong.text()

    def value(self) -> Any:
        """What is entered. Raises `InvalidInput`."""
        return settings.parse(self.row, self.editor.text())

    def text(self) -> str:
        """What is entered, as it is stored."""
        return self.editor.text()

    def show_value(self, value: Any) -> None:
        """Show the value in force, in place of what was entered."""
        self.editor.show_text(settings.format_value(value))
        self._in_force = self.editor.text()
        self._judge()

    def undo(self) -> None:
        """Show the value in force again."""
        self.editor.show_text(self._in_force or "")
        self._judge()

    def show_wrong(self, sentence: str) -> None:
        """Say what is wrong, or nothing more with an empty text."""
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        self.editor.show_wrong(bool(sentence))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The input stands beside the words, or below them where that would squeeze them."""
        super().resizeEvent(event)
        self._arrange(narrow=self.width() < _NARROW)

    def _arrange(self, *, narrow: bool) -> None:
        if narrow is self._is_narrow:
            return
        self._is_narrow = narrow
        grid = self._grid
        for each in (self.editor, self.back, self._wrong):
            grid.removeWidget(each)
        if narrow:
            grid.addWidget(self.editor, 2, 0, _TOP | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(self.back, 2, 1, _TOP | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(self._wrong, 3, 0, 1, 2)
        else:
            grid.addWidget(self.editor, 0, 1, 2, 1, _TOP)
            grid.addWidget(self.back, 0, 2, 2, 1, _TOP)
            grid.addWidget(self._wrong, 2, 1, 1, 2)
        grid.setRowStretch(1, 0 if narrow else 1)
        grid.setVerticalSpacing(6 if narrow else 2)

    def _to_default(self) -> None:
        self.editor.show_text(settings.format_value(self.row.default))
        self._on_edited()

    def _on_edited(self) -> None:
        self._judge()
        self.edited.emit()

    def _judge(self) -> None:
        try:
            value = self.value()
        except InvalidInput as error:
            self.show_wrong(_advice(self.row) or sentence(error.sentence))
            self.back.setVisible(not self._locked)
        else:
            self.show_wrong("")
            self.back.setVisible(not self._locked and value != self.row.default)


def _advice(row: Setting) -> str:
    """What to enter for a number, in the words of its limits; empty for everything else."""
    if row.type is int and row.unit is Unit.BYTES:
        return tr("Enter a size, such as 2 or 0.5.")
    if row.type is int and row.minimum is not None and row.maximum is not None:
        return tr("Enter a whole number from {low} to {high}.", low=row.minimum, high=row.maximum)
    return ""
