"""The search in titles and descriptions: every word has to be there, anywhere, whatever its case, accents and script.

One way on both databases: an index over grams of up to three characters finds the candidates, and the folded text
itself decides. Only how the index is asked differs. What people type is text; no sign in it has a meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, cast, column, func, literal_column, select, table
from sqlalchemy.orm import Session as DbSession

from server.database.engine import Database
from server.models import VideoRow, VideoTextRow
from server.values.folded import GRAM_MAX, folded, grams, grams_of_word


class GramIndex(Protocol):
    """Finds texts by the grams they hold."""

    def texts_with(self, tokens: Sequence[str]) -> Select[int]:
        """The numbers of the texts that hold all of `tokens`, the newest first."""


class Fts5Index:
    """SQLite's FTS5, read in the order of its rows, so no further than the caller's limit."""

    def texts_with(self, tokens: Sequence[str]) -> Select[int]:
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
    """PostgreSQL's inverted index over an array; it needs no extension."""

    def texts_with(self, tokens: Sequence[str]) -> Select[int]:
        """The numbers of the texts that hold all of `tokens`, the newest first."""
        # the expression has to be the index's own to the letter, so its separator is no parameter
        held = func.string_to_array(VideoTextRow.grams, literal_column("' '"))
        return (
            select(VideoTextRow.number)
            .where(held.op("@>")(cast(list(tokens), ARRAY(Text))))
            .order_by(VideoTextRow.number.desc())
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

    def matches(self, typed: str) -> Select[UUID] | None:
        """The ids of the videos with every word of `typed`, the newest first; None when there is no word in it."""
        words = sorted(set(folded(typed).split()))
        if not words:
            return None
        tokens = sorted({token for word in words for token in grams_of_word(word)})
        held = self._index.texts_with(tokens).join(VideoRow, VideoRow.id == VideoTextRow.video_id)
        # grams may be there without standing side by side
        longer = [word for word in words if len(word) > GRAM_MAX]
        return held.with_only_columns(VideoRow.id).where(
            *(VideoTextRow.text.contains(word, autoescape=True) for word in longer)
        )
