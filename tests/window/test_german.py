"""German beside English: one catalogue for every text of the window, the settings, and the server's sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import clipset_desktop
from clipset_desktop import words
from clipset_desktop.window import MainWindow
from server.media.refusals import SENTENCES
from server.settings import SETTINGS
from server.words import catalogue

_PACKAGE = Path(clipset_desktop.__file__).parent
_PLACE = re.compile(r"\{\w+\}")
_GERMAN = catalogue("de")


def _texts() -> Iterator[str]:
    """Every text that the window asks to have translated."""
    for path in _PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("tr", "trn")
            ):
                for argument in node.args[: 2 if node.func.id == "trn" else 1]:
                    if isinstance(argument, ast.Constant):
                        yield argument.value
    for row in SETTINGS:
        yield row.label
        yield row.help


@pytest.fixture
def german() -> Iterator[None]:
    """The window speaks German until the test ends."""
    words.speak("de")
    yield
    words.speak("en")


def test_every_text_is_there() -> None:
    assert sorted({text for text in _texts() if text not in _GERMAN}) == []
    assert [sentence for sentence in SENTENCES.values() if sentence not in _GERMAN] == []


@pytest.mark.parametrize("text", _GERMAN, ids=range(len(_GERMAN)))
def test_both_have_the_same_places(text: str) -> None:
    assert sorted(_PLACE.findall(text)) == sorted(_PLACE.findall(_GERMAN[text]))
    assert _GERMAN[text].strip()


@pytest.mark.usefixtures("german")
def test_words_numbers_and_dates() -> None:
    assert words.trn("{n} video", "{n} videos", 1234) == "1.234 Videos"
    assert words.size(int(1.2 * 1024**3)) == "1,2 GB"
    assert words.remaining(180_000) == "noch 3 min"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("There is no such video.", "Dieses Video gibt es nicht."),
        (
            "Not every device plays a picture recorded as VP8.",
            "Nicht jedes Gerät spielt ein Bild, das als VP8 aufgenommen ist.",
        ),
        (
            "A VPN is on (wg0 {name}). Some of them keep the local network out.",
            "Ein VPN ist an (wg0 {name}). Manche sperren das lokale Netz aus.",
        ),
        ("Nobody has translated this {x}.", "Nobody has translated this {x}."),
    ],
)
def test_sentences_of_the_server(said: str, expected: str) -> None:
    assert words.sentence(said) == expected


def test_the_window_turns_german(window: MainWindow, hand: SimpleNamespace, qtbot: Any) -> None:
    words.speak("de")
    try:
        german = MainWindow(window._ctx)
        qtbot.addWidget(german)
        german.show()
        assert german.rail.findChild(object, "rail-queue").text() == "Warteschlange"
        for name in german.pages:
            german.show_page(name)
            assert not german.grab().isNull()
    finally:
        words.speak("en")
