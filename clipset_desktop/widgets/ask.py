"""A question that must be decided before anything happens. Never blocks: the answer comes to a callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, Kind, label
from clipset_desktop.words import tr


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One button of a question."""

    key: str
    text: str
    kind: Kind = "plain"


class Question(QDialog):
    """A heading, what will happen, and the answers; Escape and Cancel answer nothing."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        heading: str,
        *,
        text: str,
        answers: tuple[Answer, ...],
        on_answer: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(heading)
        self.setModal(True)
        self._on_answer = on_answer
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        title = label(heading, "heading", wrap=True)
        body = label(text, wrap=True)
        body.setMinimumWidth(380)
        column.addWidget(title)
        column.addWidget(body)
        column.addSpacing(12)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        cancel = Button(theme, tr("Cancel"), kind="quiet", name="cancel")
        cancel.setDefault(True)
        cancel.clicked.connect(self.reject)
        buttons.addWidget(cancel)
        for answer in answers:
            button = Button(theme, answer.text, kind=answer.kind, name=answer.key)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, key=answer.key: self._answer(key))
            buttons.addWidget(button)
        column.addLayout(buttons)

    def _answer(self, key: str) -> None:
        self.accept()
        self._on_answer(key)
