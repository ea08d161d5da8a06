"""Looking for videos by what their titles and descriptions say, in any script, with anything typed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from server.database.engine import Database
from server.models import VideoRow
from server.services.search import Search
from server.values.folded import folded, grams_of_word
from tests.conftest import Server

pytestmark = pytest.mark.database

_VIDEOS = {
    "sea": ("Über das Meer", "Sommer 2024 in Kroatien"),
    "cake": ("Crème brûlée", "Zucker & Sahne, 100%"),
    "china": ("我们的北京旅行", "长城和故宫"),
    "japan": ("東京タワー", "ゴジラ"),
    "russia": ("Ёлка в Москве", "Новый год"),
    "street": ("STRASSE", 'c++ and c# for "beginners" (part 1) AND more'),
    "arabic": ("رحلة إلى البحر", "صيف"),
    "smile": ("🎉 party", "under_score * star"),
}


def add(server: Server, key: str, title: str, description: str) -> None:
    """Add a finished video that has no files; its original's name is its key."""
    database = Database(server.clipset.settings.host.effective_database_url)
    video = VideoRow(
        id=uuid4(),
        title=title,
        description=description,
        original_filename=f"searched-{key}.mp4",
        size_bytes=1,
        status="completed",
        created_at=datetime(2024, 1, 1, tzinfo=UTC),
    )
    with database.write() as db:
        db.add(video)
        db.flush()
        Search(database).learn(db, video.id, title, description)
    database.close()


@pytest.fixture(scope="module")
def searched(common_server: Server) -> Server:
    """A server with one finished video for each entry, perhaps beside those of other tests."""
    for key, (title, description) in _VIDEOS.items():
        add(common_server, key, title, description)
    return common_server


def found(server, typed):
    """The keys of the videos that are found."""
    answer = server.admin.get("/api/videos", params={"q": typed, "page_size": 100})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["total"] == len(body["items"])
    names = [video["original_filename"].removesuffix(".mp4") for video in body["items"]]
    return {name.removeprefix("searched-") for name in names if name.startswith("searched-")}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("meer", {"sea"}),
        ("MEER über", {"sea"}),
        ("uber", {"sea"}),
        ("meer zucker", set()),
        ("eer oat", {"sea"}),
        ("creme BRULEE", {"cake"}),
        ("cre\u0300me", {"cake"}),
        ("ｃｒｅｍｅ", {"cake"}),
        ("straße", {"street"}),
        ("елка", {"russia"}),
        ("北京", {"china"}),
        ("旅行", {"china"}),
        ("京", {"china", "japan"}),
        ("北京 故宫", {"china"}),
        ("東京", {"japan"}),
        ("ｺﾞｼﾞﾗ", {"japan"}),
        ("ゴジラ", {"japan"}),
        ("البحر", {"arabic"}),
        ("🎉", {"smile"}),
        ("c++", {"street"}),
        ("c#", {"street"}),
        ("100%", {"cake"}),
        ("under_score", {"smile"}),
        ("underxscore", set()),
        ("*", {"smile"}),
        ("&", {"cake"}),
        ("meersommer", set()),
        ("brulbrul", set()),
        ("", set(_VIDEOS)),
        ("  \t ", set(_VIDEOS)),
    ],
)
def test_every_word_has_to_be_there(searched, typed, keys):
    assert found(searched, typed) == keys


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "'",
        '""',
        '"meer',
        "meer*",
        "title:meer",
        "meer OR beginners",
        "meer NOT beginners",
        "NEAR(meer sommer)",
        "meer AND",
        "(meer",
        "^meer",
        "-meer",
        "{a b}:meer",
        "meer & | ! <->",
        "\\",
        "%",
        "_",
        "'; DROP TABLE videos; --",
        "\x00",
        "a\x00b",
        "\ufffe",
        "\u0300",
        "\u202e",
        "x" * 200,
        "a " * 100,
        "ﷺ" * 200,
    ],
)
def test_whatever_is_typed_is_text(searched, typed):
    plain = {
        key
        for key, (title, description) in _VIDEOS.items()
        if all(word in folded(f"{title}\n{description}") for word in folded(typed).split())
    }
    assert found(searched, typed) == plain


def test_what_is_changed_is_found_anew_and_what_is_deleted_no_more(server):
    add(server, "godzilla", "東京タワー", "ゴジラ")
    items = server.admin.get("/api/videos", params={"q": "ゴジラ"}).json()["items"]
    video = f"/api/videos/{items[0]['id']}"
    server.admin.patch(video, json={"description": "怪獣"}).raise_for_status()
    assert (found(server, "ゴジラ"), found(server, "怪獣")) == (set(), {"godzilla"})
    server.admin.patch(video, json={"title": "Tokyo"}).raise_for_status()
    assert (found(server, "タワー"), found(server, "tokyo 怪獣")) == (set(), {"godzilla"})
    server.admin.delete(video).raise_for_status()
    assert found(server, "怪獣") == set()


def test_a_title_and_a_description_do_not_run_together():
    assert folded("a\nb").split() == ["a", "b"]


@pytest.mark.parametrize(("word", "number"), [("京", 1), ("北京", 1), ("meer", 2), ("aaaa", 1)])
def test_the_grams_of_a_word(word, number):
    assert len(grams_of_word(word)) == number
