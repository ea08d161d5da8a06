"""`tasks.py`: what it does once, what it repairs, and its sentences. Nothing is downloaded here."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSIX = pytest.mark.skipif(os.name == "nt", reason="needs POSIX processes")


def load_tasks(folder: Path):
    """A copy of `tasks.py` as a module, so that its folder is `folder`."""
    shutil.copy(ROOT / "tasks.py", folder)
    spec = importlib.util.spec_from_file_location("tasks_under_test", folder / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Recorder:
    """Takes the place of `carry_out`: remembers commands, and makes what the real ones would leave behind."""

    def __init__(self, tasks) -> None:
        self._tasks = tasks
        self.commands: list[str] = []

    def __call__(self, *command, **_env) -> None:
        line = " ".join(str(word) for word in command)
        self.commands.append(line)
        if "-m venv" in line:
            shutil.rmtree(self._tasks.VENV, ignore_errors=True)
            self._tasks.PROGRAMS.mkdir(parents=True)
            self._tasks.PYTHON.touch()

    def take(self) -> list[str]:
        """The commands since the last look, but for the one that sees by itself whether it has anything to do."""
        taken, self.commands = self.commands, []
        return [line for line in taken if not line.endswith("hatch_build.py build")]


@pytest.fixture
def tasks(tmp_path):
    for name in ("pyproject.toml", "hatch_build.py", "server/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "requirements").mkdir()
    for name in ("core", "desktop", "build", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    return load_tasks(tmp_path)


@pytest.fixture
def recorder(tasks, monkeypatch):
    recorder = Recorder(tasks)
    monkeypatch.setattr(tasks, "carry_out", recorder)
    monkeypatch.setattr(tasks, "missing_libraries", lambda _wanted: [])
    return recorder


def test_a_second_set_up_does_nothing(tasks, recorder):
    tasks.install_everything()
    first = recorder.take()
    for step in (
        "-m venv",
        "core.txt",
        "desktop.txt",
        "dev.txt",
        "build.txt",
        "--editable",
    ):
        assert any(step in line for line in first), step
    lists = [line for line in first if line.endswith(".txt")]
    assert all("--require-hashes" in line for line in lists)
    tasks.install_everything()
    assert recorder.take() == []


@pytest.mark.parametrize(
    ("changed", "repeated"),
    [
        ("requirements/core.txt", "core.txt"),
        ("pyproject.toml", "--editable"),
    ],
)
def test_a_change_repeats_only_its_own_step(tasks, recorder, changed, repeated):
    tasks.install_everything()
    recorder.take()
    (tasks.ROOT / changed).write_text("changed")
    tasks.install_everything()
    (line,) = recorder.take()
    assert repeated in line


def test_a_step_that_failed_is_done_again(tasks):
    tries = []

    def make() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise tasks.Refusal("no network")

    tasks.VENV.mkdir()
    with pytest.raises(tasks.Refusal):
        tasks.once("step", "inputs", "Doing it.", make)
    tasks.once("step", "inputs", "Doing it.", make)
    tasks.once("step", "inputs", "Doing it.", make)
    assert len(tries) == 2


def test_what_a_killed_pip_left_is_installed_anew(tasks, recorder, monkeypatch):
    tasks.install_everything()
    recorder.take()
    (tasks.ROOT / "requirements" / "core.txt").write_text("newer")
    with monkeypatch.context() as patch:

        def killed(*_command, **_env) -> None:
            raise KeyboardInterrupt

        patch.setattr(tasks, "carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            tasks.install_everything()
    tasks.install_everything()
    (line,) = recorder.take()
    assert "--force-reinstall" in line
    assert "core.txt" in line


@pytest.mark.parametrize("ruin", ["half-made", "python gone", "moved", "another python"])
def test_a_ruined_environment_is_made_anew(tasks, recorder, ruin):
    tasks.install_everything()
    whole = recorder.take()
    stamp = tasks.STAMPS / "environment"
    if ruin == "half-made":
        stamp.unlink()
    elif ruin == "python gone":
        tasks.PYTHON.unlink()
    elif ruin == "moved":
        stamp.write_text(stamp.read_text().replace(str(tasks.VENV), "/elsewhere/.venv"))
    else:
        stamp.write_text(stamp.read_text().replace("Python 3.", "Python 2."))
    tasks.install_everything()
    repeated = recorder.take()
    assert "-m venv --clear" in repeated[0]
    assert len(repeated) == len(whole)


def test_each_set_up_has_the_web_client_looked_after(tasks, recorder):
    for _ in range(2):
        tasks.install_everything()
        assert [line for line in recorder.commands if line.endswith("hatch_build.py build")]
        recorder.take()


def test_without_ensurepip_the_line_to_type_is_told(tasks, monkeypatch):
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    monkeypatch.setattr(tasks.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(tasks.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    monkeypatch.setattr(tasks, "install_debian", lambda _packages: False)
    with pytest.raises(tasks.Refusal, match=f"apt-get install --yes python{version}-venv"):
        tasks.make_environment()
    assert not tasks.VENV.exists()


@pytest.mark.parametrize(
    ("tools", "told"),
    [
        ({"apt-get"}, "sudo apt-get update && sudo apt-get install --yes libegl1 libxcb-cursor0"),
        ({"dnf"}, "sudo dnf install 'libEGL.so.1()(64bit)' 'libxcb-cursor.so.0()(64bit)'"),
        ({"zypper"}, "sudo zypper install 'libEGL.so.1()(64bit)'"),
        (set(), "libEGL.so.1, libxcb-cursor.so.0"),
    ],
)
def test_missing_libraries_are_told_in_the_words_of_the_system(tasks, monkeypatch, capsys, tools, told):
    monkeypatch.setattr(tasks, "missing_libraries", lambda _wanted: ["libEGL.so.1", "libxcb-cursor.so.0"])
    monkeypatch.setattr(tasks, "install_debian", lambda _packages: False)
    monkeypatch.setattr(tasks.shutil, "which", lambda name, **_: name if name in tools else None)
    tasks.provide_qt_libraries()
    assert told in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has ldconfig")
def test_libraries_are_missing_when_the_loader_does_not_know_them(tasks, monkeypatch, tmp_path):
    fake = tmp_path / "ldconfig"
    known = "\\n".join(f"\\t{name} (libc6,x86-64) => /x" for name in tasks.QT_LIBRARIES if "xcb" not in name)
    fake.write_text(f"#!/bin/sh\nprintf '{known}\\n'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert tasks.missing_libraries(tasks.QT_LIBRARIES) == [
        name for name in tasks.QT_LIBRARIES if "xcb" in name
    ]


@pytest.mark.parametrize(
    ("arguments", "display", "wanted"),
    [
        ([], ":0", True),
        (["--data-dir", "/srv"], ":0", True),
        (["serve", "--port", "0"], ":0", False),
        (["doctor"], ":0", False),
        (["--version"], ":0", False),
        (["--help"], ":0", False),
        ([], None, False),
    ],
)
def test_the_window_is_installed_only_where_it_will_open(tasks, monkeypatch, arguments, display, wanted):
    monkeypatch.setattr(tasks.sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    if display:
        monkeypatch.setenv("DISPLAY", display)
    assert tasks.wants_window(arguments) is wanted


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "NameResolutionError: Failed to resolve 'x' ([Errno -3] Temporary failure in name resolution)",
            "network",
        ),
        ("npm error code ENOTFOUND", "network"),
        ("npm error code EAI_AGAIN", "network"),
        ("Err:1 x\n  Temporary failure resolving 'y'", "network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "locked"),
        ("npm error code EINTEGRITY", "locked"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        ("ERROR: No matching distribution found for av==18.1.0", "not to be had for this machine"),
        ("Segmentation fault", None),
    ],
)
def test_known_failures_have_a_sentence(tasks, output, told):
    sentence = tasks.reason(output)
    assert sentence is None if told is None else told in sentence


def test_a_failed_command_is_a_refusal_with_its_output_shown(tasks, capsys):
    with pytest.raises(tasks.Refusal, match="network was not reached"):
        tasks.carry_out(sys.executable, "-c", "print('getaddrinfo failed'); raise SystemExit(1)")
    assert "getaddrinfo failed" in capsys.readouterr().err
    with pytest.raises(tasks.Refusal, match="the lines above say why"):
        tasks.carry_out(sys.executable, "-c", "raise SystemExit(1)")


def test_only_literals_of_benchmarks_are_read(tasks, tmp_path):
    module = tmp_path / "streaming.py"
    module.write_text("import not_installed_yet\nREQUIREMENTS = ['b>=1', 'a']\nDEBIAN = []\n")
    assert tasks.declared(module, "REQUIREMENTS") == ["b>=1", "a"]
    assert tasks.declared(module, "DEBIAN") == []
    assert tasks.declared(module, "OTHER") == []


@pytest.mark.parametrize(
    ("arguments", "database", "others"),
    [
        (["tests/joining", "-x"], "sqlite", ["tests/joining", "-x"]),
        (["--database", "postgresql", "-x"], "postgresql", ["-x"]),
        (["tests/joining", "--database=postgresql"], "postgresql", ["tests/joining"]),
    ],
)
def test_the_database_of_the_tests(tasks, arguments, database, others):
    assert tasks.take_database(arguments) == (database, others)


@pytest.mark.parametrize("arguments", [["--database", "oracle"], ["--database"], ["--database="]])
def test_a_database_that_is_not_known_is_refused(tasks, arguments):
    with pytest.raises(tasks.Refusal, match="There are: sqlite, postgresql"):
        tasks.take_database(arguments)


@pytest.mark.parametrize(
    ("task", "module", "asked"),
    [("test", "pytest", "tests/joining"), ("bench", "tests.benchmarks", "library")],
)
def test_on_postgresql_a_task_runs_inside_of_a_cluster(tasks, recorder, monkeypatch, task, module, asked):
    called = []
    monkeypatch.setattr(tasks, "provide_test_programs", lambda: None)
    monkeypatch.setattr(tasks, "provide_postgresql", lambda: None)
    monkeypatch.setattr(tasks, "call", lambda *command: called.append([str(word) for word in command]) or 0)
    tasks.TASKS[task](["--database", "postgresql", asked])
    ((python, *words),) = called
    assert words[:5] == ["-m", "tests.postgresql", python, "-m", module]
    assert words[-1] == asked


def run_tasks(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tasks.py"), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_the_help_names_every_task(tasks, arguments):
    answer = run_tasks(*arguments)
    assert answer.returncode == 0
    for name in tasks.TASKS:
        assert f"python3 tasks.py {name}" in answer.stdout


def test_an_unknown_task_is_refused(tasks):
    answer = run_tasks("frobnicate")
    assert answer.returncode == 2
    assert "There is no task frobnicate." in answer.stderr
    assert not answer.stdout


def test_older_pythons_can_read_it_as_far_as_the_refusal():
    ast.parse((ROOT / "tasks.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_older_pythons_are_refused_in_words(version):
    code = f"import runpy, sys; sys.version_info = {version}; runpy.run_path('tasks.py', run_name='__main__')"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Clipset needs Python 3.11 or newer, and this is 3.{version[1]}.")


def become(folder: Path, code: str) -> subprocess.Popen[str]:
    """A process that loads `tasks.py` and becomes a Python that runs `code`."""
    shutil.copy(ROOT / "tasks.py", folder)
    start = f"import sys, tasks; sys.exit(tasks.become(sys.executable, '-c', {code!r}, 'a b'))"
    return subprocess.Popen(
        [sys.executable, "-c", start], cwd=folder, stdout=subprocess.PIPE, encoding="utf-8"
    )


def test_exit_code_and_arguments_pass_through(tmp_path):
    with become(tmp_path, "import sys; print(sys.argv[1:]); sys.exit(7)") as process:
        assert process.stdout.read().strip() == "['a b']"
    assert process.returncode == 7


@POSIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_the_program(tmp_path, number):
    code = textwrap.dedent(f"""
        import signal, sys
        signal.signal({int(number)}, lambda *_: sys.exit(9))
        print("ready", flush=True)
        while True:
            signal.pause()
    """)
    with become(tmp_path, code) as process:
        assert process.stdout.readline().strip() == "ready"
        process.send_signal(number)
    assert process.returncode == 9


@POSIX
def test_a_stopped_set_up_stops_its_step(tmp_path):
    shutil.copy(ROOT / "tasks.py", tmp_path)
    step = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    code = f"import sys, tasks\ntasks.TASKS['x'] = lambda _: tasks.carry_out(sys.executable, '-c', {step!r})"
    start = f"{code}\nsys.exit(tasks.main(['x']))"
    with subprocess.Popen([sys.executable, "-c", start], cwd=tmp_path, stderr=subprocess.PIPE) as process:
        step_pid = int(process.stderr.readline())
        process.terminate()
    assert process.returncode == 143
    with pytest.raises(ProcessLookupError):
        os.kill(step_pid, 0)


def test_one_set_up_at_a_time(tmp_path):
    shutil.copy(ROOT / "tasks.py", tmp_path)
    code = "import tasks\nwith tasks.alone():\n    print('in', flush=True)\n    input()"
    pipes = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "encoding": "utf-8",
    }
    with (
        subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, **pipes) as first,
        first.stdout,
    ):
        assert first.stdout.readline() == "in\n"
        with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, **pipes) as second:
            assert "Waiting for it." in second.stderr.readline()
            first.communicate("\n")
            assert second.stdout.readline() == "in\n"
            second.communicate("\n")
    assert (first.returncode, second.returncode) == (0, 0)


def test_a_folder_that_cannot_be_written_is_told(tasks):
    (tasks.ROOT / "build").write_text("a file where the folder has to be")
    with pytest.raises(tasks.Refusal, match="cannot be written"), tasks.alone():
        pass
