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
from typing import Protocol
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, cast, column, func, literal_column, select, table
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.models import VideoRow, VideoTextRow
from server.values.folded import GRAM_MAX, folded, grams, grams_of_word


@dataclass(frozen=True)
class Reach:
    """How far back a search looks: at the texts of the blocks from `since` to `newest`, all of them from block 0."""

    since: int
    newest: int

    def further(self, found: int, wanted: int) -> Reach | None:
        """Where `wanted` matches should be when `found` are within this reach; None when there is nothing beyond it."""
        if self.since == 0:
            return None
        blocks = self.newest - self.since + 1
        needed = int(1.3 * blocks * wanted / max(1, found))
        since = self.newest + 1 - max(needed, 2 * blocks)
        return Reach(since=since if since > self.newest // 2 else 0, newest=self.newest)


#: Where an index is read in order, there is no need to look at a part of it first.
_ALL = Reach(since=0, newest=0)


_NEWEST = select(func.max(VideoTextRow.number))


class GramIndex(Protocol):
    """Finds texts by the grams they hold."""

    def reach(self, db: DbSession) -> Reach:
        """How far back to look at first."""

    def matches(
        self, tokens: Sequence[str], holding: Sequence[ColumnElement[bool]], reach: Reach
    ) -> Select[UUID]:
        """The ids of the videos whose texts are within `reach`, have all of `tokens` and are `holding` true.

        From `videos`, the newest first.
        """


class Fts5Index:
    """SQLite's FTS5, read in the order of its rows, so no further than the caller's limit."""

    def reach(self, db: DbSession) -> Reach:  # noqa: ARG002 - the protocol's
        """Everything."""
        return _ALL

    def matches(
        self,
        tokens: Sequence[str],
        holding: Sequence[ColumnElement[bool]],
        reach: Reach,  # noqa: ARG002
    ) -> Select[UUID]:
        """The videos whose texts have all of `tokens`, the newest first."""
        index = table("video_grams", column("rowid"), column("video_grams"))
        # tokens are hexadecimal numbers and `g`, quoted all the same: nothing else gets into the query
        query = " ".join(f'"{token}"' for token in tokens)
        return (
            select(VideoRow.id)
            .select_from(index)
            .join(VideoTextRow, VideoTextRow.number == index.c.rowid)
            .join(VideoRow, VideoRow.id == VideoTextRow.video_id)
            .where(index.c.video_grams.op("MATCH")(query), *holding)
            .order_by(index.c.rowid.desc())
        )


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

    def matches(
        self, tokens: Sequence[str], holding: Sequence[ColumnElement[bool]], reach: Reach
    ) -> Select[UUID]:
        """The videos whose texts have all of `tokens`, the newest first.

        All texts that match within a part of the library are fetched and put in order before any video is looked at.
        Left to itself, the planner reads every text's grams in the order of the numbers, or all of the videos: for a
        letter that most texts have, 17 ms instead of 3.
        """
        held = literal_column(self._HELD, ARRAY(Text))
        texts = select(VideoTextRow.video_id, VideoTextRow.number.label("number")).where(
            held.op("@>")(cast(list(tokens), ARRAY(Text))), *holding
        )
        if reach.since > 0:
            blocks = [f"n{block}" for block in range(reach.since, reach.newest + 1)]
            in_no_index = (VideoTextRow.number + 0).label("number")
            texts = texts.with_only_columns(VideoTextRow.video_id, in_no_index)
            texts = (
                texts.where(held.op("&&")(cast(blocks, ARRAY(Text)))).order_by(in_no_index.desc()).offset(0)
            )
        found = texts.subquery("texts")
        return (
            select(VideoRow.id)
            .select_from(found)
            .join(VideoRow, VideoRow.id == found.c.video_id)
            .order_by(found.c.number.desc())
        )


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
    def words(typed: str) -> list[str]:
        """The words that are looked for, folded; none where nothing but space was typed."""
        return sorted(set(folded(typed).split()))

    def matches(self, words: Sequence[str], reach: Reach) -> Select[UUID]:
        """The ids of the videos within `reach` that hold every one of `words`, the newest first."""
        tokens = sorted({token for word in words for token in grams_of_word(word)})
        # grams may be there without standing side by side
        longer = [word for word in words if len(word) > GRAM_MAX]
        holding = [VideoTextRow.text.contains(word, autoescape=True) for word in longer]
        return self._index.matches(tokens, holding, reach)
