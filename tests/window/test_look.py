"""The look: contrast, icons, and the style sheet, from the one file of tokens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from clipset_desktop.look import stylesheet
from clipset_desktop.look.theme import Theme, qcolor
from clipset_desktop.look.tokens import Scheme, shipped
from clipset_desktop.widgets.labels import Button
from server import paths

_ICONS = sorted((paths.resources_dir() / "icons").glob("*.svg"))
_PACKAGE = Path(stylesheet.__file__).parents[1]

#: Ink and ground of every text in the window.
_PAIRS = [
    *((ink, ground) for ink in ("text", "text-quiet") for ground in ("paper", "surface", "raised", "sunken")),
    ("text", "line"),
    ("text-quiet", "line"),
    ("text", "accent-soft"),
    ("text", "good-soft"),
    ("text", "warn-soft"),
    ("text", "bad-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("accent-hover", "accent-soft"),
    ("accent", "accent-soft"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("bad", "paper"),
    ("bad", "surface"),
    ("bad", "sunken"),
]


def _luminance(token: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(token[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), _PAIRS)
def test_contrast(ink: str, ground: str, scheme: Scheme) -> None:
    colors = shipped().color[scheme]
    light, dark = sorted((_luminance(colors[ink]), _luminance(colors[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_both_schemes_have_the_same_tokens() -> None:
    assert shipped().color["light"].keys() == shipped().color["dark"].keys()


def test_no_other_file_names_a_colour() -> None:
    named = re.compile(r"#[0-9A-Fa-f]{6}\b|QColor\(\d|Qt\.GlobalColor\.(?!transparent)")
    found = [path.name for path in _PACKAGE.rglob("*.py") if named.search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("path", _ICONS, ids=lambda path: path.stem)
def test_icons_are_of_one_set(path: Path) -> None:
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert root.attrib["viewBox"] == "0 0 24 24"
    assert (root.attrib["fill"], root.attrib["stroke"]) == ("none", "currentColor")
    assert root.attrib["stroke-width"] == "1.75"
    for each in root.iter():
        assert each.attrib.get("fill", "none") in {"none", "currentColor"}
        assert each.attrib.get("stroke", "currentColor") == "currentColor"


@pytest.mark.parametrize("path", _ICONS, ids=lambda path: path.stem)
def test_icons_draw_something_at_16_px(path: Path, theme: Theme) -> None:
    image = theme.pixmap(path.stem, "text", 16).toImage()
    drawn = sum(image.pixelColor(x, y).alpha() > 100 for x in range(16) for y in range(16))
    assert 5 <= drawn <= 200


def test_every_icon_the_window_names_is_there() -> None:
    names = {path.stem for path in _ICONS}
    used: set[str] = set()
    for path in _PACKAGE.rglob("*.py"):
        used |= set(re.findall(r'icon="([a-z-]+)"', path.read_text(encoding="utf-8")))
        used |= set(re.findall(r'Button\([^()]*tr\("[^"]*"\), "([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert used
    assert used <= names


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_style_sheet_is_complete(scheme: Scheme) -> None:
    assert "@" not in stylesheet.render(shipped(), scheme)


@pytest.mark.parametrize(
    ("token", "expected"), [("#102030", (16, 32, 48, 255)), ("#10203080", (16, 32, 48, 128))]
)
def test_colours_with_alpha(token: str, expected: tuple[int, ...]) -> None:
    assert qcolor(token).getRgb() == expected
    if len(token) == 9:
        assert stylesheet.css_color(token) == "rgba(16, 32, 48, 128)"


def test_light_and_dark(qapp: QApplication, qtbot: Any) -> None:
    for wanted in ("light", "dark"):
        theme = Theme(shipped(), wanted)  # type: ignore[arg-type]
        theme.apply(qapp)
        paper = qcolor(shipped().color[theme.scheme]["paper"])
        assert theme.scheme == wanted
        assert qapp.palette().color(QPalette.ColorRole.Window) == paper
        button = Button(theme, "Word", "home")
        qtbot.addWidget(button)
        ink = button.icon().pixmap(64, 64).toImage()
        colors = {
            ink.pixelColor(x, y).name()
            for x in range(64)
            for y in range(64)
            if ink.pixelColor(x, y).alpha() == 255
        }
        assert qcolor(shipped().color[theme.scheme]["text"]).name() in colors
