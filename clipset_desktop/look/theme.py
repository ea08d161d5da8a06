"""The look in force, light or dark: colours, icons and fonts, for the application and for what paints itself."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from clipset_desktop.look import stylesheet
from clipset_desktop.look.tokens import Scheme, Tokens
from server import paths

Wanted = Literal["system", "light", "dark"]
TextSize = Literal["small", "base", "medium", "large", "title"]


class Theme(QObject):
    """Owns the application's palette and style sheet. With `system` it follows the desktop's light and dark."""

    changed = Signal()

    def __init__(self, tokens: Tokens, wanted: Wanted = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens = tokens
        self._wanted = wanted
        self._icons: dict[tuple[str, str, str, Scheme, float], QIcon] = {}
        self.scheme: Scheme = "light"

    def apply(self, app: QApplication) -> None:
        """Dress the application, and again whenever the system turns from light to dark or back."""
        app.setStyle("Fusion")
        font = app.font()
        font.setPixelSize(self.tokens.type.size["base"])
        app.setFont(font)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._refresh)
        self._refresh()

    def want(self, wanted: Wanted) -> None:
        """Turn light or dark, or follow the system."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._refresh()

    def color(self, name: str) -> QColor:
        """A token's colour in the scheme in force. Raises `KeyError` for an unknown name."""
        return qcolor(self.tokens.color[self.scheme][name])

    def font(self, size: TextSize = "base", *, strong: bool = False) -> QFont:
        """The system's font in one of the five sizes, with figures of equal width."""
        font = QFont(QGuiApplication.font())
        font.setPixelSize(self.tokens.type.size[size])
        font.setWeight(QFont.Weight(self.tokens.type.weight["strong" if strong else "normal"]))
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def icon(self, name: str, color: str = "text", *, checked: str = "", room: float = 0) -> QIcon:
        """The icon `name` in a token's colour, in the sizes of menus, buttons and the rail, at 100 % and at 200 %.

        In the colour `checked` on a button that is. With `room`, so much of its width is left free beside it: Qt sets a
        word as close as 4 px.
        """
        key = (name, color, checked, self.scheme, room)
        if key not in self._icons:
            icon = QIcon()
            for state, ink in ((QIcon.State.Off, color), (QIcon.State.On, checked)):
                for size in (16, 18, 20, 32, 36, 40) if ink else ():
                    picture = _with_room(self.pixmap(name, ink, size), round(size * room))
                    icon.addPixmap(picture, QIcon.Mode.Normal, state)
            self._icons[key] = icon
        return self._icons[key]

    def pixmap(self, name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
        """The icon as a picture of `size` device-independent pixels at a device pixel `ratio`."""
        pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            self._renderer(name, self.color(color)).render(painter, QRectF(pixmap.rect()))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    @cached_property
    def app_icon(self) -> QIcon:
        """The mark on a tile of the accent, for windows and task bars."""
        icon = QIcon()
        for size in (16, 24, 32, 48, 64, 128, 256):
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(qcolor(self.tokens.color["light"]["accent"]))
                painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.22, size * 0.22)
                inner = QRectF(0, 0, size, size).adjusted(
                    size * 0.16, size * 0.16, -size * 0.16, -size * 0.16
                )
                self._renderer("mark", qcolor(self.tokens.color["light"]["on-accent"])).render(painter, inner)
            icon.addPixmap(pixmap)
        return icon

    def _renderer(self, name: str, color: QColor) -> QSvgRenderer:
        return QSvgRenderer(QByteArray(_svg(name).replace("currentColor", color.name()).encode()))

    def _refresh(self) -> None:
        system_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = self._wanted == "dark" or (self._wanted == "system" and system_dark)
        self.scheme = "dark" if dark else "light"
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(self._palette())
            app.setStyleSheet(stylesheet.render(self.tokens, self.scheme))
        self.changed.emit()

    def _palette(self) -> QPalette:
        role = QPalette.ColorRole
        roles = {
            role.Window: "paper",
            role.WindowText: "text",
            role.Base: "surface",
            role.AlternateBase: "sunken",
            role.Text: "text",
            role.PlaceholderText: "text-quiet",
            role.Button: "surface",
            role.ButtonText: "text",
            role.BrightText: "bad",
            role.Highlight: "accent",
            role.HighlightedText: "on-accent",
            role.Accent: "accent",
            role.Link: "accent",
            role.LinkVisited: "accent",
            role.ToolTipBase: "raised",
            role.ToolTipText: "text",
            role.Light: "raised",
            role.Midlight: "line",
            role.Mid: "line-strong",
            role.Dark: "line-strong",
            role.Shadow: "line-strong",
        }
        palette = QPalette()
        for each, name in roles.items():
            palette.setColor(each, self.color(name))
        for each in (role.Text, role.WindowText, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, each, self.color("text-quiet"))
        return palette


@cache
def _svg(name: str) -> str:
    return (paths.resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def qcolor(token: str) -> QColor:
    """A token's `#RRGGBB` or `#RRGGBBAA`; Qt itself would read the latter as `#AARRGGBB`."""
    color = QColor(token[:7])
    if len(token) == 9:
        color.setAlpha(int(token[7:], 16))
    return color


def _with_room(pixmap: QPixmap, beside: int) -> QPixmap:
    """The picture with so many pixels of nothing at its right."""
    if not beside:
        return pixmap
    wider = QPixmap(pixmap.width() + beside, pixmap.height())
    wider.fill(Qt.GlobalColor.transparent)
    with QPainter(wider) as painter:
        painter.drawPixmap(0, 0, pixmap)
    return wider
