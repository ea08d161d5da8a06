"""A PostgreSQL for the tests: a temporary cluster of its own, never the system's, and a database for each server.

`python -m tests.postgresql COMMAND...` runs a command while the cluster is there. It listens on a socket in a private
folder alone, and ends when this process does, however that ends: its keeper reads a pipe that only we hold open.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

VARIABLE = "CLIPSET_TEST_POSTGRESQL"
"""Holds the folder of the cluster's socket where the tests are to run on PostgreSQL."""

about_sqlite = pytest.mark.skipif(VARIABLE in os.environ, reason="is about SQLite's file")
about_postgresql = pytest.mark.skipif(
    VARIABLE not in os.environ, reason="needs PostgreSQL: python3 tasks.py test --database postgresql"
)

_OWNER = "postgres"
"""Debian's account for it. PostgreSQL refuses to run as root, so root starts it as this one."""

_TEMPLATE = "clipset_template"
_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    # nothing here has to outlive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_KEEPER = """
"$1/initdb" --pgdata="$2/data" --username=clipset --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \\
  >"$2/log" 2>&1 &&
cat "$2/settings" >>"$2/data/postgresql.conf" &&
"$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait start >/dev/null && echo ready || cat "$2/log"
read -r _
"$1/pg_ctl" --pgdata="$2/data" --mode=immediate --silent stop
rm -rf "$2"
"""

_made: dict[Path, str] = {}


def main(command: list[str]) -> int:
    """Run `command` while the cluster is there; its exit code."""
    programs = _programs()
    if programs is None:
        sys.stderr.write("PostgreSQL's server is not installed (Debian: apt-get install postgresql).\n")
        return 1
    with _cluster(programs) as folder:
        _make_template(folder)
        return subprocess.call(command, env={**os.environ, VARIABLE: str(folder)})


def database_url(data_dir: Path, *, template: str = _TEMPLATE) -> str:
    """The address of the database that belongs to `data_dir`, made when it is first asked for; empty means SQLite."""
    if VARIABLE not in os.environ:
        return ""
    if data_dir not in _made:
        name = "t" + hashlib.sha256(str(data_dir).encode()).hexdigest()[:24]
        execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        _made[data_dir] = name
    return _url(Path(os.environ[VARIABLE]), _made[data_dir])


def drop_databases(below: Path) -> None:
    """Drop the databases of the data folders below a folder."""
    for data_dir in [each for each in _made if each.is_relative_to(below)]:
        execute(f"DROP DATABASE {_made.pop(data_dir)} WITH (FORCE)")


def execute(statement: str) -> None:
    """Run a statement as the cluster's superuser, outside of every test's database."""
    import psycopg

    with closing(psycopg.connect(f"host={os.environ[VARIABLE]} user=clipset dbname=postgres")) as connection:
        connection.autocommit = True
        connection.execute(statement.encode())


def _url(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://clipset@/{name}?host={folder}"


def _programs() -> Path | None:
    """Where the server's programs are; Debian keeps them apart, by version, and out of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = shutil.which("initdb") or (debian[-1] if debian else None)
    return Path(found).parent if found else None


@contextmanager
def _cluster(programs: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="clipset-pg-"))
    settings = {**_SETTINGS, "unix_socket_directories": f"'{folder}'"}
    (folder / "settings").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
    owner = _OWNER if os.name == "posix" and os.geteuid() == 0 else None
    if owner:
        shutil.chown(folder, owner, owner)
    keeper = subprocess.Popen(
        ["sh", "-c", _KEEPER, "keeper", programs, folder],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,  # Ctrl-C is for the tests; the cluster goes after them
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    try:
        if (answer := keeper.stdout.readline()) != "ready\n":
            sys.exit(f"PostgreSQL did not start: {answer}{keeper.stdout.readline()}")
        yield folder
    finally:
        keeper.stdin.close()
        keeper.wait()
        keeper.stdout.close()


def _make_template(folder: Path) -> None:
    """A database that the migrations have been run on, to be copied for each test."""
    from server.database.engine import Database
    from server.models.upgrade import upgrade

    os.environ[VARIABLE] = str(folder)
    execute(f"CREATE DATABASE {_TEMPLATE}")
    database = Database(_url(folder, _TEMPLATE))
    upgrade(database)
    database.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
