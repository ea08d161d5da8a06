"""Fills the tables of a library at once, for tests and benchmarks that need a large one. No files and no jobs."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select

from server.database.engine import Database
from server.models import CategoryRow, UserRow, VideoRow, VideoTextRow
from server.values.folded import folded, grams, title_key

#: In every third title; the other two in about a hundred of those, or in all of them where they are fewer, so that a
#: page of results is as long in a small library.
COMMON, RARE, CHINESE = "holiday", "theremin", "旅行"
_SYLLABLES = (
    "ba",
    "ter",
    "lo",
    "min",
    "ka",
    "ré",
    "sun",
    "vik",
    "o",
    "dan",
    "schi",
    "pul",
    "zé",
    "mor",
    "tian",
)
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_BATCH = 1000


def fill(database: Database, count: int) -> None:
    """Add `count` videos of whoever was there first and of nobody, in ten categories; the same ones each time."""
    chance = random.Random(7)
    rare_every = 3 * max(1, count // 300)
    with database.write() as db:
        owner = db.scalars(select(UserRow.id).order_by(UserRow.created_at).limit(1)).one()
        categories = [UUID(int=number) for number in range(1, 11)]
        db.execute(insert(CategoryRow), [_category(category_id) for category_id in categories])
    for start in range(0, count, _BATCH):
        videos = [
            _video(number, chance, owner, categories, is_rare=number % rare_every == 0)
            for number in range(start, min(count, start + _BATCH))
        ]
        texts = [(video["id"], folded(f"{video['title']}\n{video['description']}")) for video in videos]
        with database.write() as db:
            db.execute(insert(VideoRow), videos)
            db.execute(
                insert(VideoTextRow),
                [{"video_id": video_id, "text": text, "grams": grams(text)} for video_id, text in texts],
            )


def _category(category_id: UUID) -> dict[str, object]:
    name = f"Category {category_id.int}"
    return {
        "id": category_id,
        "name": name,
        "name_key": name.casefold(),
        "slug": f"category-{category_id.int}",
        "description": "",
        "created_at": _FIRST,
    }


def _video(
    number: int, chance: random.Random, owner: UUID, categories: list[UUID], *, is_rare: bool
) -> dict[str, object]:
    words = [_word(chance) for _ in range(5)]
    words += [COMMON] if number % 3 == 0 else []
    words += [RARE, f"in{CHINESE}中"] if is_rare else []
    title = " ".join(words).capitalize()
    return {
        "id": UUID(int=chance.getrandbits(128), version=4),
        "title": title,
        "title_key": title_key(title),
        "description": " ".join(_word(chance) for _ in range(15)),
        "category_id": chance.choice(categories),
        "uploaded_by": chance.choice([owner, None]),
        "original_filename": "video.mp4",
        "size_bytes": 1_000_000,
        "duration_ms": chance.randrange(1_000, 7_200_000),
        "width": 1920,
        "height": 1080,
        "status": "failed" if number % 500 == 3 else "completed",
        "view_count": chance.randrange(1_000),
        "created_at": _FIRST + timedelta(minutes=number),
    }


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(1, 4)))
