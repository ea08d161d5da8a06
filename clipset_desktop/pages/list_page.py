"""A page that is a list with a panel beside it, and something to say when the list is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from clipset_desktop.bridge import Loader
from clipset_desktop.context import Context
from clipset_desktop.pages.page import Page
from clipset_desktop.widgets.details import DetailsPanel
from clipset_desktop.widgets.empty import EmptyState
from clipset_desktop.widgets.row_list import RowList
from clipset_desktop.widgets.rows import Action, RowsModel
from server.values.paging import MAX_PAGE_SIZE
from server.values.paging import Page as Slice

V = TypeVar("V")


class ListPage(Page, Generic[V]):
    """Subclasses give the model and `fetch`, and fill the panel in `show_details`."""

    def __init__(
        self,
        ctx: Context,
        title: str,
        model: RowsModel[V],
        empty: EmptyState,
        *,
        several: bool = False,
        movable: bool = False,
    ) -> None:
        super().__init__(ctx, title)
        self.model = model
        model.setParent(self)
        self.list = RowList(
            ctx.theme, model, title, thumbnails=ctx.thumbnails, several=several, movable=movable
        )
        self.panel = DetailsPanel(ctx.theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(empty)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._stack, 1)
        row.addWidget(self.panel)
        self.add_body(body)
        self._loader = Loader(self.run, self.fetch, self._show, self.show_error, self)
        self.list.chosen.connect(self._on_chosen)
        self.list.triggered.connect(self.act)
        self.panel.closed.connect(self.close_panel)

    def fetch(self) -> Sequence[V]:
        """Ask the core for the whole list. Called off the GUI thread."""
        raise NotImplementedError

    def act(self, action: str, value: Any) -> None:
        """Do an action to a value."""
        raise NotImplementedError

    def show_details(self, value: V) -> None:
        """Fill the panel."""
        raise NotImplementedError

    def show_facts(self, title: str, pairs: Sequence[tuple[str, str]], actions: Sequence[Action]) -> None:
        """Fill the panel with facts about the selected value, and buttons for what can be done to it."""
        self.panel.show_facts(title, pairs, actions, lambda action: self.act(action, self.list.value))

    def load(self) -> None:
        """Ask for the list, now and after events."""
        self._loader.ask()

    def take_focus(self) -> None:
        """The keyboard goes to the list."""
        self.list.setFocus()

    def close_panel(self) -> None:
        """Let go of the selected row and close the panel."""
        self.list.clearSelection()
        self.panel.hide()
        self.list.setFocus()

    def _show(self, values: Sequence[V]) -> None:
        self.model.replace(values)
        self._stack.setCurrentIndex(0 if values else self.empty_place())
        self.listed(values)
        if self.list.value is not None:
            self._on_chosen(self.list.value)

    def empty_place(self) -> int:
        """Which page of the stack to show for an empty list; 1 is the one given at the start."""
        return 1

    def listed(self, values: Sequence[V]) -> None:
        """Called when the list has arrived."""

    def _on_chosen(self, value: V | None) -> None:
        if value is None:
            self.panel.hide()
        else:
            self.show_details(value)


def every(read: Callable[[int, int], Slice[V]], at_most: int = 1000) -> list[V]:
    """All items of a paged list, up to `at_most`; a window is no place for more."""
    items: list[V] = []
    page = 1
    while True:
        part = read(page, MAX_PAGE_SIZE)
        items += part.items
        if page >= part.total_pages or len(items) >= at_most:
            return items[:at_most]
        page += 1
