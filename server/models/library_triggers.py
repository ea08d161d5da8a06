"""What the database itself keeps in step with `videos` and `video_texts`: counts, and the index behind the search."""

from __future__ import annotations

_COUNT = """
INSERT INTO video_counts (status, category_id, uploaded_by, number)
VALUES ({row}.status, COALESCE({row}.category_id, '{nobody}'), COALESCE({row}.uploaded_by, '{nobody}'), {change})
ON CONFLICT (status, category_id, uploaded_by) DO UPDATE SET number = video_counts.number + excluded.number;
"""


def _count(row: str, change: int) -> str:
    return _COUNT.format(row=row, change=change, nobody="0" * 32)


_COUNTED = "AFTER UPDATE OF status, category_id, uploaded_by ON videos"
_FORGET = "INSERT INTO video_grams (video_grams, rowid, grams) VALUES ('delete', OLD.number, OLD.grams);"
_LEARN = "INSERT INTO video_grams (rowid, grams) VALUES (NEW.number, NEW.grams);"

SQLITE = (
    f"CREATE TRIGGER videos_added AFTER INSERT ON videos BEGIN {_count('NEW', 1)} END",
    f"CREATE TRIGGER videos_moved {_COUNTED} BEGIN {_count('OLD', -1)} {_count('NEW', 1)} END",
    f"CREATE TRIGGER videos_removed AFTER DELETE ON videos BEGIN {_count('OLD', -1)} END",
    # only which rows hold a gram is asked, never where in them: detail=none
    "CREATE VIRTUAL TABLE video_grams USING fts5("
    "grams, content='video_texts', content_rowid='number', tokenize='ascii', detail=none)",
    f"CREATE TRIGGER video_texts_added AFTER INSERT ON video_texts BEGIN {_LEARN} END",
    f"CREATE TRIGGER video_texts_changed AFTER UPDATE ON video_texts BEGIN {_FORGET} {_LEARN} END",
    f"CREATE TRIGGER video_texts_removed AFTER DELETE ON video_texts BEGIN {_FORGET} END",
)

POSTGRESQL = (
    f"""
    CREATE FUNCTION count_videos() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN {_count("OLD", -1)} END IF;
        IF TG_OP <> 'DELETE' THEN {_count("NEW", 1)} END IF;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER videos_added_or_removed AFTER INSERT OR DELETE ON videos "
    "FOR EACH ROW EXECUTE FUNCTION count_videos()",
    f"CREATE TRIGGER videos_moved {_COUNTED} FOR EACH ROW EXECUTE FUNCTION count_videos()",
    # migration 0011 puts another in its place
    "CREATE INDEX ix_video_texts_grams ON video_texts USING gin (string_to_array(grams, ' '))",
)

COUNT_EXISTING = """
INSERT INTO video_counts (status, category_id, uploaded_by, number)
SELECT status, COALESCE(category_id, '00000000000000000000000000000000'),
       COALESCE(uploaded_by, '00000000000000000000000000000000'), COUNT(*)
FROM videos GROUP BY 1, 2, 3
"""


def is_a_models(_object: object, name: str | None, _kind: str, reflected: bool, _other: object) -> bool:
    """For Alembic's comparison: False for what the models do not know, or not as it is."""
    # ix_videos_duration_ms differs: PostgreSQL has to be told what to do with NULLs, SQLite does not understand it
    if name == "ix_videos_duration_ms":
        return False
    return not (reflected and (name or "").startswith(("video_grams", "ix_video_texts_grams")))
