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

from sqlalchemy import ARRAY, Select, Text, cast, column, func, literal_column, select, table
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


class GramIndex(Protocol):
    """Finds texts by the grams they hold."""

    def reach(self, db: DbSession) -> Reach:
        """How far back to look at first."""

    def texts_with(self, tokens: Sequence[str], reach: Reach) -> Select[int]:
        """The numbers of the texts within `reach` that hold all of `tokens`, the newest first."""


class Fts5Index:
    """SQLite's FTS5, read in the order of its rows, so no further than the caller's limit."""

    def reach(self, db: DbSession) -> Reach:  # noqa: ARG002 - the protocol's
        """Everything."""
        return _ALL

    def texts_with(self, tokens: Sequence[str], reach: Reach) -> Select[int]:  # noqa: ARG002
        """The numbers of the texts that hold all of `tokens`, the newest first."""
        index = table("video_grams", column("rowid"), column("video_grams"))
        # tokens are hexadecimal numbers and `g`, quoted all the same: nothing else gets into the query
        query = " ".join(f'"{token}"' for token in tokens)
        return (
            select(VideoTextRow.number)
            .select_from(index)
            .join(VideoTextRow, VideoTextRow.number == index.c.rowid)
            .where(index.c.video_grams.op("MATCH")(query))
            .order_by(index.c.rowid.desc())
        )


class GinIndex:
    """PostgreSQL's inverted index over an array; it needs no extension.

    Besides its grams, each text holds the block of 256 numbers it is in, `n` and a number: migration 0011.
    """

    #: Enough for a page's most, where every text matches.
    _FIRST_BLOCKS = 3
    _BLOCK_BITS = 8
    # the index's own to the letter, or it is not used
    _HELD = "string_to_array(video_texts.grams || ' n' || (video_texts.number >> 8)::text, ' ')"

    def reach(self, db: DbSession) -> Reach:
        """The newest 513 to 768 numbers; everything in a library that has hardly more."""
        newest = (db.scalar(select(func.max(VideoTextRow.number))) or 0) >> self._BLOCK_BITS
        return Reach(since=max(0, newest + 1 - self._FIRST_BLOCKS), newest=newest)

    def texts_with(self, tokens: Sequence[str], reach: Reach) -> Select[int]:
        """The numbers of the texts within `reach` that hold all of `tokens`, the newest first."""
        held = literal_column(self._HELD, ARRAY(Text))
        texts = select(VideoTextRow.number).where(held.op("@>")(cast(list(tokens), ARRAY(Text))))
        if reach.since > 0:
            blocks = [f"n{block}" for block in range(reach.since, reach.newest + 1)]
            texts = texts.where(held.op("&&")(cast(blocks, ARRAY(Text))))
        return texts.order_by(VideoTextRow.number.desc())


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
        held = self._index.texts_with(tokens, reach).join(VideoRow, VideoRow.id == VideoTextRow.video_id)
        # grams may be there without standing side by side
        longer = [word for word in words if len(word) > GRAM_MAX]
        return held.with_only_columns(VideoRow.id).where(
            *(VideoTextRow.text.contains(word, autoescape=True) for word in longer)
        )
