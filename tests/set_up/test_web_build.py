"""When the web client is built anew. npm itself does not run here."""

from __future__ import annotations

import pytest

import hatch_build

_SOURCES = ("web/src/main.ts", "theme/tokens.json", "icons/mark.svg", "words/de-served.json")


@pytest.fixture
def npm(monkeypatch, tmp_path):
    """What npm was asked to run; `failing` makes it fail."""

    class Npm:
        def __init__(self) -> None:
            self.ran: list[tuple[str, ...]] = []
            self.failing = False

        def __call__(self, folder, *arguments: str) -> int:
            self.ran.append(arguments)
            made = folder.parent / "web_dist"
            made.mkdir(exist_ok=True)
            (made / "index.html").touch()
            return int(self.failing)

    for name in _SOURCES:
        source = tmp_path / "resources" / name
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(name)
    npm = Npm()
    monkeypatch.setattr(hatch_build, "npm", npm)
    return npm


def test_it_is_built_once(npm, tmp_path):
    assert hatch_build.build(tmp_path)
    assert not hatch_build.build(tmp_path)
    assert npm.ran == [("run", "build")]


@pytest.mark.parametrize("changed", _SOURCES)
def test_a_change_in_what_it_is_made_from_builds_it_anew(npm, tmp_path, changed):
    hatch_build.build(tmp_path)
    (tmp_path / "resources" / changed).write_text("changed")
    assert hatch_build.build(tmp_path)


def test_its_packages_are_none_of_its_sources(npm, tmp_path):
    hatch_build.build(tmp_path)
    package = tmp_path / "resources/web/node_modules/preact/index.js"
    package.parent.mkdir(parents=True)
    package.touch()
    assert not hatch_build.build(tmp_path)


def test_what_somebody_deleted_is_built_anew(npm, tmp_path):
    hatch_build.build(tmp_path)
    (tmp_path / "resources/web_dist/index.html").unlink()
    assert hatch_build.build(tmp_path)


def test_what_failed_is_done_again(npm, tmp_path):
    npm.failing = True
    with pytest.raises(RuntimeError, match="npm says why"):
        hatch_build.build(tmp_path)
    npm.failing = False
    assert hatch_build.build(tmp_path)
