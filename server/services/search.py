"""The search in titles and descriptions: every word has to be there, anywhere, whatever its case, accents and script.

One way on both databases: an index over grams of up to three characters finds the candidates, and the folded text
itself decides. Only how the index is asked differs. What people type is text; no sign in it has a meaning.

SQLite's index is read in order, from the newest text on, until enough is found. PostgreSQL's has no order: all that
hold a word would be fetched to be sorted. So it is asked for the newest texts first, and for older ones where those are
too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.models import VideoRow, VideoTextRow
from server.values.folded import GRAM_MAX, folded, grams, grams_of_word


@dataclass(frozen=True)
class Reach:
    """How far back a search looks: at the texts of the blocks from `since` to `newest`, all of them from block 0."""

    since: int
    newest: int

    @property
    def bounded(self) -> bool:
        """Whether there is anything beyond it."""
        return self.since > 0

    def further(self, found: int, wanted: int) -> Reach | None:
        """Where `wanted` matches should be when `found` are within this reach; None when there is nothing beyond it."""
        if not self.bounded:
            return None
        blocks = self.newest - self.since + 1
        needed = int(1.3 * blocks * wanted / max(1, found))
        since = self.newest + 1 - max(needed, 2 * blocks)
        return Reach(since=since if since > self.newest // 2 else 0, newest=self.newest)


#: Where an index is read in order, there is no need to look at a part of it first.
_ALL = Reach(since=0, newest=0)


_NEWEST = select(func.max(VideoTextRow.number))
_ESCAPE = "/"


class GramIndex(Protocol):
    """Finds texts by the grams they hold. Its statement does not depend on what is looked for: it is made once."""

    def reach(self, db: DbSession) -> Reach:
        """How far back to look at first."""

    def matches(self, holding: Sequence[ColumnElement[bool]], *, bounded: bool) -> Select[UUID]:
        """The ids of the videos whose texts have all that `parameters` asks for and are `holding` true.

        From `videos`, the newest first; `bounded` where the reach is.
        """

    def parameters(self, tokens: Sequence[str], reach: Reach) -> dict[str, object]:
        """What `matches` is asked with: all of `tokens`, within `reach`."""


class Fts5Index:
    """SQLite's FTS5, read in the order of its rows, so no further than the caller's limit."""

    def reach(self, db: DbSession) -> Reach:  # noqa: ARG002 - the protocol's
        """Everything."""
        return _ALL

    def matches(self, holding: Sequence[ColumnElement[bool]], *, bounded: bool) -> Select[UUID]:  # noqa: ARG002
        """The videos whose texts have all of the tokens, the newest first."""
        index = table("video_grams", column("rowid"), column("video_grams"))
        return (
            select(VideoRow.id)
            .select_from(index)
            .join(VideoTextRow, VideoTextRow.number == index.c.rowid)
            .join(VideoRow, VideoRow.id == VideoTextRow.video_id)
            .where(index.c.video_grams.op("MATCH")(bindparam("tokens", type_=Text)), *holding)
            .order_by(index.c.rowid.desc())
        )

    def parameters(self, tokens: Sequence[str], reach: Reach) -> dict[str, object]:  # noqa: ARG002
        """Tokens are hexadecimal numbers and `g`, quoted all the same: nothing else gets into the query."""
        return {"tokens": " ".join(f'"{token}"' for token in tokens)}


class GinIndex:
    """PostgreSQL's inverted index over an array; it needs no extension.

    Besides its grams, each text holds the block of 256 numbers it is in, `n` and a number: migration 0011.
    """

    #: Enough for 500 matches where every third text is one.
    _FIRST_BLOCKS = 7
    _BLOCK_BITS = 8
    # the index's own to the letter, or it is not used
    _HELD = "string_to_array(video_texts.grams || ' n' || (video_texts.number >> 8)::text, ' ')"

    def reach(self, db: DbSession) -> Reach:
        """The newest 1,537 to 1,792 numbers; everything in a library that has hardly more."""
        newest = (db.scalar(_NEWEST) or 0) >> self._BLOCK_BITS
        return Reach(since=max(0, newest + 1 - self._FIRST_BLOCKS), newest=newest)

    def matches(self, holding: Sequence[ColumnElement[bool]], *, bounded: bool) -> Select[UUID]:
        """The videos whose texts have all of the tokens, the newest first.

        All texts that match within a part of the library are fetched and put in order before any video is looked at.
        Left to itself, the planner reads every text's grams in the order of the numbers, or all of the videos: for a
        letter that most texts have, 17 ms instead of 3.
        """
        held = literal_column(self._HELD, ARRAY(Text))
        texts = select(VideoTextRow.video_id, VideoTextRow.number.label("number")).where(
            held.op("@>")(_array("tokens")), *holding
        )
        if bounded:
            in_no_index = (VideoTextRow.number + 0).label("number")
            texts = texts.with_only_columns(VideoTextRow.video_id, in_no_index)
            texts = texts.where(held.op("&&")(_array("blocks"))).order_by(in_no_index.desc()).offset(0)
        found = texts.subquery("texts")
        return (
            select(VideoRow.id)
            .select_from(found)
            .join(VideoRow, VideoRow.id == found.c.video_id)
            .order_by(found.c.number.desc())
        )

    def parameters(self, tokens: Sequence[str], reach: Reach) -> dict[str, object]:
        """Tokens, and the blocks of a bounded reach."""
        blocks = [f"n{block}" for block in range(reach.since, reach.newest + 1)] if reach.bounded else None
        return {"tokens": list(tokens)} if blocks is None else {"tokens": list(tokens), "blocks": blocks}


def _array(name: str) -> ColumnElement[Any]:
    return cast(bindparam(name, type_=ARRAY(Text)), ARRAY(Text))


class Wanted(NamedTuple):
    """What is looked for: the grams of all words, and the words longer than a gram, which their grams do not prove."""

    tokens: list[str]
    longer: list[str]


class Search:
    """Keeps and asks the index of the database in use."""

    def __init__(self, database: Database) -> None:
        self._index: GramIndex = Fts5Index() if database.is_sqlite else GinIndex()

    def learn(self, db: DbSession, video_id: UUID, title: str, description: str) -> None:
        """Note what can be found of a video, new or changed, within the caller's transaction."""
        row = db.query(VideoTextRow).filter_by(video_id=video_id).one_or_none()
        if row is None:
            row = VideoTextRow(video_id=video_id)
            db.add(row)
        row.text = folded(f"{title}\n{description}")
        row.grams = grams(row.text)

    def reach(self, db: DbSession) -> Reach:
        """How far back to look at first; `Reach.further` says where to look next."""
        return self._index.reach(db)

    @staticmethod
    def wanted(typed: str) -> Wanted | None:
        """What somebody looks for, folded; None where nothing but space was typed."""
        words = sorted(set(folded(typed).split()))
        tokens = sorted({token for word in words for token in grams_of_word(word)})
        return Wanted(tokens, [word for word in words if len(word) > GRAM_MAX]) if words else None

    def matches(self, longer: int, *, bounded: bool) -> Select[UUID]:
        """The ids of the videos that hold what `parameters` asks for, so many longer words too, the newest first."""
        holding = [
            VideoTextRow.text.contains(bindparam(f"word_{at}", type_=Text), escape=_ESCAPE)
            for at in range(longer)
        ]
        return self._index.matches(holding, bounded=bounded)

    def parameters(self, wanted: Wanted, reach: Reach) -> dict[str, object]:
        """What `matches` is asked with."""
        words = {f"word_{at}": _literal(word) for at, word in enumerate(wanted.longer)}
        return {**self._index.parameters(wanted.tokens, reach), **words}


def _literal(word: str) -> str:
    """A word for LIKE, in which no sign has a meaning."""
    for sign in (_ESCAPE, "%", "_"):
        word = word.replace(sign, _ESCAPE + sign)
    return word
