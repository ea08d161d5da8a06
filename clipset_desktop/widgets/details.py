"""The panel at the right of a list: what there is to know about one thing, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from clipset_desktop.look.theme import Theme
from clipset_desktop.widgets.labels import Button, label, rule
from clipset_desktop.widgets.rows import Action
from clipset_desktop.words import tr

_WIDTH = 280


class DetailsPanel(QFrame):
    """Hidden until something is shown in it; `closed` when the person closes it."""

    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("details")
        self.setMinimumWidth(232)
        self.setMaximumWidth(_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._title = label(role="heading", wrap=True)
        close = Button(theme, tr("Close"), "close", "icon")
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 8, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.hide()

    @property
    def content(self) -> QWidget | None:
        """What is in the panel, shown or not."""
        return self._scroll.widget()

    def show_content(self, title: str, content: QWidget) -> None:
        """Show `content` in place of what was there; the panel owns it now."""
        self._title.setText(title)
        content.setObjectName("scrolled")
        old = self._scroll.takeWidget()
        if old is not None:
            # what was clicked may be in it: it has to outlive the click
            old.setParent(self)
            old.hide()
            old.deleteLater()
        self._scroll.setWidget(content)
        self.show()

    def show_facts(
        self,
        title: str,
        pairs: Sequence[tuple[str, str]],
        actions: Sequence[Action],
        on_action: Callable[[str], None],
    ) -> None:
        """Show facts and actions. While the actions are the same their buttons stay,

        so that none vanishes under the pointer while progress comes in.
        """
        shown = self._scroll.widget()
        if isinstance(shown, Facts) and self.isVisible() and shown.actions_shown == tuple(actions):
            self._title.setText(title)
            shown.show_texts(pairs)
        else:
            self.show_content(title, Facts(self._theme, pairs, actions, on_action))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the panel."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)


def column() -> tuple[QWidget, QVBoxLayout]:
    """An empty body for the panel."""
    body = QWidget()
    layout = QVBoxLayout(body)
    layout.setContentsMargins(0, 0, 8, 0)
    layout.setSpacing(8)
    return body, layout


class Facts(QWidget):
    """Pairs of a quiet name and a text, then a button for each action. Facts may come and go, the actions stay."""

    def __init__(
        self,
        theme: Theme,
        pairs: Sequence[tuple[str, str]],
        actions: Sequence[Action],
        on_action: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.actions_shown = tuple(actions)
        self.texts: dict[str, QLabel] = {}
        self._blocks = QVBoxLayout()
        self._blocks.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(8)
        layout.addLayout(self._blocks)
        self.show_texts(pairs)
        if actions:
            layout.addSpacing(4)
            layout.addWidget(rule())
            layout.addSpacing(4)
        for action in actions:
            button = Button(
                theme, action.text, action.icon, "danger" if action.danger else "plain", name=action.key
            )
            button.clicked.connect(lambda _=False, key=action.key: on_action(key))
            layout.addWidget(button)
        layout.addStretch(1)

    def show_texts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show other facts; under names that are there already only texts change."""
        told = {name: text for name, text in pairs if text}
        if list(told) != list(self.texts):
            self._build(told)
        for name, text in told.items():
            if self.texts[name].text() != text:
                self.texts[name].setText(text)

    def _build(self, told: dict[str, str]) -> None:
        while (item := self._blocks.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.texts = {name: label(text, wrap=True, select=True) for name, text in told.items()}
        for name, text in self.texts.items():
            block = QWidget()
            column = QVBoxLayout(block)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(label(name, "small"))
            column.addWidget(text)
            self._blocks.addWidget(block)
