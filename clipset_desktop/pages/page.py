"""What all pages have in common: a heading, a notice, work off the GUI thread, and events while they live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clipset_desktop.background import OnError
from clipset_desktop.context import Context
from clipset_desktop.widgets.ask import Answer, Question
from clipset_desktop.widgets.labels import Button, Kind, label
from clipset_desktop.widgets.notice import Notice
from clipset_desktop.words import sentence
from server.errors import ClipsetError
from server.events import Event

T = TypeVar("T")
E = TypeVar("E", bound=Event)
_NARROW = 640
#: Where the tools stand in the column: after the header and the notice.
_BELOW_NOTICE = 2


class Page(QWidget):
    """A page loads when it is first shown and hears events from then on, as long as it exists: Qt ends both with it."""

    go_to = Signal(str, object)
    """Asks the window for another page by its name, with what that page shall show."""

    def __init__(self, ctx: Context, title: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.ctx = ctx
        self._handlers: list[tuple[type[Event], Callable[[Any], None]]] = []
        self._seen = False
        self._column = QVBoxLayout(self)
        self._column.setSpacing(16)
        self._header = QHBoxLayout()
        self._header.setSpacing(8)
        self.title = label(title, "title")
        self.subtitle = label("", "quiet")
        self.notice = Notice(ctx.theme)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        self.subtitle.hide()
        self._header.addLayout(words, 1)
        self._column.addLayout(self._header)
        self._column.addWidget(self.notice)
        ctx.bridge.happened.connect(self._on_event)

    def load(self) -> None:
        """Called when the page is first shown."""

    def take_focus(self) -> None:
        """Called when the page is opened: the keyboard goes to what it is about."""
        self.setFocus()

    def open(self, what: object) -> None:
        """Called when another page leads here with something to show."""

    def add_header_button(
        self, text: str, icon: str, on_click: Callable[[], None], kind: Kind = "primary"
    ) -> Button:
        """An action at the right of the heading; the primary one is what the page is about."""
        button = Button(self.ctx.theme, text, icon, kind)
        button.clicked.connect(on_click)
        self._header.addWidget(button)
        return button

    def add_header_tool(self, tool: QWidget) -> None:
        """Something to choose by, at the right of the heading."""
        self._header.addWidget(tool)

    def add_tools(self, *tools: QWidget) -> None:
        """What narrows down or orders the body, in a row above it; the first takes the room."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for at, tool in enumerate(tools):
            row.addWidget(tool, 0 if at else 1)
        self._column.insertLayout(_BELOW_NOTICE, row)

    def add_body(self, body: QWidget) -> None:
        """What fills the page below the heading."""
        self._column.addWidget(body, 1)

    def say(self, text: str) -> None:
        """Put a quiet line under the heading."""
        self.subtitle.setText(text)
        self.subtitle.setVisible(bool(text))

    def listen(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Call `handler` on the main thread with each event of `kind`."""
        self._handlers.append((kind, handler))

    def run(
        self,
        fn: Callable[[], T],
        on_done: Callable[[T], None] | None = None,
        on_error: OnError | None = None,
    ) -> None:
        """Call `fn` off the GUI thread; an error that nobody else takes is shown above the page."""
        self.ctx.background.run(self, fn, on_done, on_error or self.show_error)

    def show_error(self, error: ClipsetError) -> None:
        """Say what went wrong."""
        self.notice.say(sentence(error.sentence), "bad")

    def ask(
        self, heading: str, text: str, answers: tuple[Answer, ...], on_answer: Callable[[str], None]
    ) -> None:
        """Have something decided, in a dialog."""
        Question(self, self.ctx.theme, heading, text=text, answers=answers, on_answer=on_answer).open()

    def showEvent(self, event: QShowEvent) -> None:
        """Load once."""
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            self.load()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less margin where there is less room."""
        super().resizeEvent(event)
        margin = 16 if self.width() < _NARROW else 24
        self._column.setContentsMargins(margin, margin - 4, margin, margin)

    def _on_event(self, event: Event) -> None:
        if not self._seen:
            return  # what it loads then holds all that has happened
        for kind, handler in self._handlers:
            if isinstance(event, kind):
                handler(event)
