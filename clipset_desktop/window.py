"""The main window: the rail, the pages, and the server's state around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from clipset_desktop.context import Context
from clipset_desktop.pages.backups import BackupsPage
from clipset_desktop.pages.categories import CategoriesPage
from clipset_desktop.pages.invitations import InvitationsPage
from clipset_desktop.pages.log import LogPage
from clipset_desktop.pages.overview import OverviewPage
from clipset_desktop.pages.page import Page
from clipset_desktop.pages.people import PeoplePage
from clipset_desktop.pages.queue import QueuePage
from clipset_desktop.pages.reaching import ReachingPage
from clipset_desktop.pages.settings import SettingsPage
from clipset_desktop.pages.videos import VideosPage
from clipset_desktop.widgets.rail import Rail
from clipset_desktop.words import tr, trn

_START_SIZE = QSize(960, 640)
_SMALLEST = QSize(680, 440)
#: A page takes some 20 ms to build; what else there is to do gets its turn between two.
_BUILD_EVERY_MS = 150
#: Pages that are reached from another one, and that one.
_PART_OF = {"reaching": "overview"}


MakePage = Callable[[Context], Page]


class Pages(Mapping[str, Page]):
    """Every page by its name. A page is built when it is first asked for: the window is shown sooner."""

    def __init__(self, makers: dict[str, MakePage], build: Callable[[MakePage], Page]) -> None:
        self._makers = makers
        self._build = build
        self._built: dict[str, Page] = {}

    @property
    def not_built(self) -> list[str]:
        """The names of the pages that nobody has asked for yet."""
        return [name for name in self._makers if name not in self._built]

    def build(self, name: str) -> None:
        """Build a page if that has not been done."""
        if name not in self._built:
            self._built[name] = self._build(self._makers[name])

    def __getitem__(self, name: str) -> Page:
        self.build(name)
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class MainWindow(QMainWindow):
    """Closing it emits `closing` once; the app decides whether that hides the window or ends the program."""

    closing = Signal()
    quit_asked = Signal()

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._shown = "overview"
        self.rail = Rail(ctx.theme)
        self._stack = QStackedWidget()
        self.pages = Pages({name: make for name, _, _, make in _pages()}, self._build)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self._stack, 1)
        self.setCentralWidget(middle)
        for name, icon, text, _ in _pages():
            if icon:
                self.rail.add_page(name, icon, text)
        self.rail.chosen.connect(self.show_page)
        leave = QShortcut(QKeySequence.StandardKey.Quit, self)
        leave.activated.connect(self.quit_asked)
        self.setMinimumSize(_SMALLEST)
        self.resize(_START_SIZE)
        if place := ctx.preferences.place:
            self.restoreGeometry(place)
        ctx.state.changed.connect(self._show_state)
        self._show_state()
        self.show_page("overview")

    @property
    def page_shown(self) -> str:
        """The name of the page that is open."""
        return self._shown

    def show_page(self, name: str, what: object = None) -> None:
        """Open a page, and something in it."""
        page = self.pages[name]
        self._shown = name
        self._stack.setCurrentWidget(page)
        self.rail.mark_chosen(_PART_OF.get(name, name))
        page.take_focus()
        if what is not None:
            page.open(what)

    def build_ahead(self) -> None:
        """Build the other pages one by one from now on, so that each is there at once when it is opened."""
        turn = QTimer(self, interval=_BUILD_EVERY_MS)

        def build_next() -> None:
            if not self.pages.not_built:
                turn.deleteLater()
                return
            self.pages.build(self.pages.not_built[0])

        turn.timeout.connect(build_next)
        turn.start()

    def bring_forward(self) -> None:
        """Show the window on top, wherever it was."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def remember_place(self) -> None:
        """Keep size and place for the next start."""
        self._ctx.preferences.place = self.saveGeometry()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave the decision to the app."""
        self.remember_place()
        event.ignore()
        self.closing.emit()

    def _build(self, make: MakePage) -> Page:
        page = make(self._ctx)
        page.go_to.connect(self.show_page)
        self._stack.addWidget(page)
        return page

    def _show_state(self) -> None:
        now = self._ctx.state.now
        self.setWindowTitle(now.name if now.name == "Clipset" else f"{now.name} – Clipset")
        self.rail.name.setText(now.name)
        self.rail.address.setText(now.address.removeprefix("http://") or tr("Starting"))
        self.rail.viewers.setText(
            trn("{n} person watching", "{n} people watching", now.viewers_now)
            if now.viewers_now
            else tr("Nobody is watching")
        )
        self.rail.dot.show_on(bool(now.address))


def _pages() -> tuple[tuple[str, str, str, MakePage], ...]:
    return (
        ("overview", "home", tr("Overview"), OverviewPage),
        ("queue", "queue", tr("Queue"), QueuePage),
        ("videos", "video", tr("Videos"), VideosPage),
        ("people", "users", tr("People"), PeoplePage),
        ("invitations", "invite", tr("Invitations"), InvitationsPage),
        ("categories", "tag", tr("Categories"), CategoriesPage),
        ("backups", "disk", tr("Backups"), BackupsPage),
        ("settings", "settings", tr("Settings"), SettingsPage),
        ("log", "log", tr("Log"), LogPage),
        ("reaching", "", tr("Can others get in?"), ReachingPage),
    )
