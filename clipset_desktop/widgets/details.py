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
        """Show facts and actions. Where only texts differ from what is shown, nothing else is touched,

        so that a button does not vanish under the pointer while progress comes in.
        """
        shown = self._scroll.widget()
        if isinstance(shown, Facts) and self.isVisible() and shown.shape == _shape(pairs, actions):
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
    """Pairs of a quiet name and a text, then a button for each action. Texts can change, names and actions cannot."""

    def __init__(
        self,
        theme: Theme,
        pairs: Sequence[tuple[str, str]],
        actions: Sequence[Action],
        on_action: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.shape = _shape(pairs, actions)
        self.texts: dict[str, QLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(8)
        for name, text in _told(pairs):
            block = QVBoxLayout()
            block.setSpacing(0)
            block.addWidget(label(name, "small"))
            self.texts[name] = label(text, wrap=True, select=True)
            block.addWidget(self.texts[name])
            layout.addLayout(block)
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
        """Show new texts under the same names."""
        for name, text in _told(pairs):
            if self.texts[name].text() != text:
                self.texts[name].setText(text)


def _told(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in pairs if text]


def _shape(pairs: Sequence[tuple[str, str]], actions: Sequence[Action]) -> tuple[object, ...]:
    return (*(name for name, _ in _told(pairs)), *actions)
