"""The list and the search of a library of 100,000 videos, against the same of 100.

`python -m tests.benchmarks library [RUNS]`. A real server answers over HTTP, on SQLite or, by
`tasks.py bench --database postgresql library`, on PostgreSQL. A sample is one request, client and server in one
process; the table shows medians. Pages are as long in both, so that it shows what the size of a library costs.
targets.md asks for at most 2× and 15 ms.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import text

from server.database.engine import Database
from tests.benchmarks._ffmpeg import runs
from tests.benchmarks.table import CPU, WALL, Sample, Table, alternate
from tests.conftest import Person, make_settings, running
from tests.large_library import CHINESE, COMMON, RARE, fill

SMALL, LARGE = 100, 100_000

_ASKED: dict[str, dict[str, str | int]] = {
    "first page": {},
    "page in the middle": {"page": -2},
    "last page": {"page": -1},
    "by title": {"sort_by": "title", "order": "asc"},
    "by views": {"sort_by": "view_count"},
    "by length, last page": {"sort_by": "duration", "page": -1},
    "one category": {"category_id": "00000000-0000-0000-0000-000000000001"},
    "failed ones": {"status": "failed"},
    "search: rare word": {"q": RARE},
    "search: word of every third": {"q": COMMON},
    "search: two Chinese letters": {"q": CHINESE},
    "search: one letter": {"q": "a"},
    "search: two words": {"q": f"{COMMON} {RARE}"},
    "search: nothing found": {"q": "none-such"},
    "search by views": {"q": COMMON, "sort_by": "view_count"},
}


def main() -> int:
    """Print the table."""
    table = Table("Library")
    with _member_of(SMALL) as small, _member_of(LARGE) as large:
        for what, params in _ASKED.items():
            theirs = {**params, "page": _page(params, SMALL)}
            mine = {**params, "page": _page(params, LARGE)}
            pair = alternate(
                what,
                f"{SMALL} videos",
                ours=lambda mine=mine: _ask(large, mine),
                theirs=lambda theirs=theirs: _ask(small, theirs),
                runs=runs(31),
                warm_up=3,
            )
            table.add(pair, WALL, at_most=2)
            table.add(pair, CPU, at_most=2)
            table.add_figure(
                f"{what}: p50", 1000 * median(each.wall_s for each in pair.ours), "ms", at_most=15
            )
    table.print()
    return 0


def _page(params: dict[str, str | int], count: int) -> int:
    pages = count // 20
    return {-1: pages - 5, -2: pages // 2}.get(int(params.get("page", 1)), 1) if count > 100 else 1


def _ask(person: Person, params: dict[str, str | int]) -> Sample:
    started, cpu_before_s = time.perf_counter(), time.process_time()
    person.get("/api/videos", params=params).raise_for_status()
    return Sample(wall_s=time.perf_counter() - started, cpu_s=time.process_time() - cpu_before_s)


@contextmanager
def _member_of(count: int) -> Iterator[Person]:
    """A member of a library with `count` videos, none of them hers."""
    with tempfile.TemporaryDirectory() as folder, running(make_settings(Path(folder) / "data")) as server:
        database = Database(server.clipset.settings.host.effective_database_url)
        sys.stderr.write(f"making {count} videos\n")
        fill(database, count)
        if not database.is_sqlite:  # what its autovacuum does by itself, which is off in a cluster for tests
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        database.close()
        yield server.member()
