"""`clipset --version` and its helps answer at once: they load neither Qt, nor PyAV, nor the server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from server import __version__

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"PySide6", "shiboken6", "av", "sqlalchemy", "falcon", "waitress", "argon2", "alembic", "apscheduler"}

ASK = """
import sys
from clipset_desktop.main import main
sys.argv = ["clipset", *{arguments!r}]
try:
    main()
except SystemExit as end:
    code = end.code
print(code, *{{name.partition(".")[0] for name in sys.modules}}, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--version"], [f"Clipset {__version__}"]),
        (["--help"], ["usage: clipset", "serve", "--data-dir", "--port"]),
        (["serve", "--help"], ["usage: clipset serve", "--data-dir", "--host", "--port"]),
    ],
)
def test_questions_are_answered_without_the_heavy_libraries(arguments, says):
    answer = subprocess.run(
        [sys.executable, "-c", ASK.format(arguments=arguments)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, *loaded = answer.stderr.split()
    assert code == "0"
    assert [text for text in says if text not in answer.stdout] == []
    assert HEAVY & set(loaded) == set()


def test_a_wrong_argument_is_refused():
    command = [sys.executable, "-m", "clipset_desktop.main", "serve", "--port", "eighty"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert answer.returncode == 2
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr
