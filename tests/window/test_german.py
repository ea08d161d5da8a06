"""German beside English: one catalogue for every text of the window, the settings, and the server's sentences."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton

import clipset_desktop
from clipset_desktop import words
from clipset_desktop.window import MainWindow
from server.media.refusals import SENTENCES
from server.settings import SETTINGS
from server.words import catalogue

_PACKAGE = Path(clipset_desktop.__file__).parent
_SERVER = _PACKAGE.parent / "server"
_PLACE = re.compile(r"\{\w+\}")
_GERMAN = catalogue("de")
#: Whose refusals and reasons the window shows: what starts, what it does for the host, and what becomes of a video.
_SPEAKERS = (
    *("composition/folder", "data_lock", "storage", "database/engine", "database/failures", "models/upgrade"),
    *(
        "jobs/store",
        "jobs/workers",
        "media/decision",
        "media/work",
        "web/listener/listener",
    ),
    *(
        f"services/{name}"
        for name in (
            *("accounts", "backup_files", "backups", "categories", "certificates", "configuration", "health"),
            *("invitations", "lan", "people", "restoring", "setup", "text", "tokens"),
        )
    ),
)
#: Who looks at what came from outside, and says in a few words what was found.
_EXAMINERS = ("check", "copyable", "copying", "describing", "inspection", "pipeline", "work")
#: How a sentence looks: it begins with a capital or with what is filled in, and ends.
_SENTENCE = re.compile(r"[A-Z“\d].* .*[.?]", re.DOTALL)
_FINDING = re.compile(r"(it|its|the|77 of|not all|pictures|times) [^:=]*")


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


def _findings(file: Path) -> Iterator[str]:
    """The few words of a module of the server that it finds something with, places filled in."""
    return (text for text in _strings(file) if _FINDING.fullmatch(text))


def _sentences(file: Path) -> Iterator[str]:
    """Every sentence in a module of the server, its places filled in; docstrings are none."""
    return (text for text in _strings(file) if _SENTENCE.fullmatch(text))


def _strings(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    passed_over: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.JoinedStr):
            passed_over.update(ast.iter_child_nodes(node))
        if node in passed_over:
            continue
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "77" for part in node.values)
        yield text


@pytest.fixture
def german() -> Iterator[None]:
    """The window speaks German until the test ends."""
    words.speak("de")
    yield
    words.speak("en")


def test_every_text_is_there() -> None:
    assert sorted({text for text in _texts() if text not in _GERMAN}) == []
    assert [sentence for sentence in SENTENCES.values() if sentence not in _GERMAN] == []


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("speaker", _SPEAKERS)
def test_what_the_server_says_is_there(speaker: str) -> None:
    said = list(_sentences(_SERVER / f"{speaker}.py"))
    assert said
    assert [sentence for sentence in said if words.sentence(sentence) == sentence] == []


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("examiner", _EXAMINERS)
def test_why_a_picture_is_not_taken_over_is_there(examiner: str) -> None:
    """It stands inside a sentence."""
    said = list(_findings(_SERVER / "media" / f"{examiner}.py"))
    assert said
    for finding in said:
        told = words.sentence(f"The picture cannot be taken over as it is: {finding}.")
        assert told.startswith("Das Bild lässt sich nicht übernehmen, wie es ist: ")
        assert finding not in told


def test_both_have_the_same_places() -> None:
    wrong = [
        english
        for english, german in _GERMAN.items()
        if sorted(_PLACE.findall(english)) != sorted(_PLACE.findall(german)) or not german.strip()
    ]
    assert wrong == []


@pytest.mark.usefixtures("german")
def test_words_numbers_and_dates() -> None:
    assert words.trn("{n} video", "{n} videos", 1234) == "1.234 Videos"
    assert words.size(int(1.2 * 1024**3)) == "1,2 GB"
    assert words.size(0) == "0 Byte"
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


@pytest.mark.usefixtures("qapp", "german")
def test_what_qt_says_itself() -> None:
    entry = QLineEdit("text")
    assert "Rückgängig" in entry.createStandardContextMenu().actions()[0].text().replace("&", "")


def test_the_window_turns_german(window: MainWindow, hand: SimpleNamespace, qtbot: Any) -> None:
    words.speak("de")
    try:
        german = MainWindow(window._ctx)
        qtbot.addWidget(german)
        german.show()
        queue = german.rail.findChild(QPushButton, "rail-queue")
        assert queue.text() == "Warteschlange"
        assert queue.width() >= queue.sizeHint().width(), "the whole word is there"
        for name in german.pages:
            german.show_page(name)
            assert not german.grab().isNull()
    finally:
        words.speak("en")
