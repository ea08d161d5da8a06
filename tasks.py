#!/usr/bin/env python3
"""Clipset's tasks, for a machine that has only Python 3.11 or newer. The same on Linux, macOS and Windows.

    python3 tasks.py run [ARGS...]      set up what is missing, then start Clipset: `clipset ARGS...`
    python3 tasks.py test [ARGS...]     set up, then run the tests; ARGS go to pytest, for example a folder
    python3 tasks.py check              formatting, lint, types, layers, and the same for the web client
    python3 tasks.py bench [NAME...]    compare with named programs; all benchmarks without a NAME
    python3 tasks.py build              make the app that needs no Python, in dist/, try it and pack it
    python3 tasks.py lock [--upgrade]   write requirements/*.txt anew after a change in pyproject.toml

Everything is installed into the folder .venv beside this file, from the locked and hashed lists in
requirements/. What is done is not done again; delete .venv to start afresh. Only the system's libraries lie
elsewhere: on Debian and Ubuntu they are installed when you are root, otherwise you are told the line.

    python3 tasks.py run serve --port 8400      without a window, on port 8400
    python3 tasks.py test tests/uploading -x    one folder, ending at the first failure
    python3 tasks.py test --database postgresql [ARGS...]   on a temporary PostgreSQL instead of SQLite
    python3 tasks.py test --database postgresql -m "database and not slow"   of these, what depends on it: as CI does
    python3 tasks.py bench --database postgresql library   the same for a benchmark
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  the one sentence that older Pythons must be able to say
    sys.exit(
        f"Clipset needs Python 3.11 or newer, and this is {sys.version_info[0]}.{sys.version_info[1]}. "
        "Install a newer Python and run the same command with it, for example: python3.11 tasks.py run"
    )

import ast
import hashlib
import importlib.util
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sysconfig
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
PYTHON = PROGRAMS / f"python{SUFFIX}"
STAMPS = VENV / "set_up"
BEGUN = "begun"
BENCHMARKS = ROOT / "tests" / "benchmarks"
SAME_AGAIN = "then run the same command again; it goes on where it stopped."

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""What Qt's wheel loads and does not bring on Linux (`ldd` on its plugins), with Debian's package of each."""

TEST_PROGRAMS = {
    "chromium": "chromium",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "curl": "curl",
    "aria2c": "aria2",
    "ffprobe": "ffmpeg",
    "slowhttptest": "slowhttptest",
}
TEST_LIBRARIES = {"libatomic.so.1": "libatomic1"}
"""What the tests start that is no Python package, and what Playwright's driver loads, each with Debian's package."""

PACKING_PROGRAMS = {"objdump": "binutils", "Xvfb": "xvfb"}
DATABASES = ("sqlite", "postgresql")

OFFLINE_SIGNS = (
    *("name resolution", "NameResolutionError", "getaddrinfo failed", "nodename nor servname"),
    *(
        "Failed to establish a new connection",
        "Network is unreachable",
        "ConnectTimeoutError",
        "Read timed out",
    ),
    *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "Temporary failure resolving"),
)
"""How pip, npm and apt-get say that they do not reach the network."""


class Refusal(Exception):
    """A task cannot go on; the message is a sentence for the person who asked."""


def say(sentence: str) -> None:
    """Tell the person what happens. On stderr: stdout belongs to the program that is started."""
    print(f"tasks.py: {sentence}", file=sys.stderr, flush=True)


# --- commands and what goes wrong with them -----------------------------------------------------------------


def carry_out(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a step's command with its output on stderr. Raises `Refusal` with the reason when it fails."""
    words = [str(word) for word in command]
    tail: deque[str] = deque(maxlen=400)
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                sys.stderr.write(line)
                tail.append(line)
        except BaseException:  # stopped: the step must not go on by itself while the next set-up repairs it
            process.terminate()
            raise
    if process.returncode:
        raise Refusal(
            reason("".join(tail)) or f"This failed, and the lines above say why: {shlex.join(words)}"
        )


def reason(output: str) -> str | None:
    """The sentence for the failures that set-up knows, from what the failed command printed."""
    if "DO NOT MATCH THE HASHES" in output or "EINTEGRITY" in output:
        return (
            "A downloaded package is not the one that is locked here, so it was not installed. "
            "Try another network; if it stays so, report it."
        )
    if any(sign in output for sign in OFFLINE_SIGNS):
        return f"The network was not reached. Connect this machine to the internet, {SAME_AGAIN}"
    if "No space left on device" in output or "ENOSPC" in output:
        return f"The disk is full. Make room, {SAME_AGAIN}"
    if "No matching distribution found" in output:
        return "The lines above name a library that is not to be had for this machine in the locked version."
    return None


def call(*command: str | Path) -> int:
    """Run a program for the person to read; its exit code."""
    return subprocess.call([str(word) for word in command], cwd=ROOT)


def become(*command: str | Path) -> int:
    """Become `command`: signals reach it and its exit code is ours. On Windows, wait for it instead."""
    words = [str(word) for word in command]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(words[0], words)  # noqa: S606  no shell is wanted
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the child as well; it decides
    return subprocess.call(words)


# --- steps that are done once -------------------------------------------------------------------------------


def once(name: str, inputs: str, sentence: str, make: Callable[[], None]) -> None:
    """Carry out a step unless it was finished with the same `inputs`; an interrupted one is repeated."""
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == inputs:
        return
    say(sentence)
    if VENV.is_dir():
        STAMPS.mkdir(exist_ok=True)
        stamp.write_text(BEGUN, encoding="utf-8")
    make()
    STAMPS.mkdir(exist_ok=True)
    stamp.write_text(inputs, encoding="utf-8")


def digest(*paths: Path) -> str:
    """SHA-256 over the names and bytes of files."""
    hasher = hashlib.sha256()
    for path in paths:
        hasher.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()


@contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time change .venv; the next one waits.

    SQLite's lock serves because it is the same on every system and ends with the process, however that ends.
    """
    try:
        (ROOT / "build").mkdir(exist_ok=True)
        connection = sqlite3.connect(ROOT / "build" / "set_up.lock", timeout=0.1, isolation_level=None)
    except (OSError, sqlite3.OperationalError) as error:
        raise Refusal(
            f"The folder {ROOT} cannot be written. Change its rights or copy it elsewhere. ({error})"
        ) from None
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise Refusal(
                    f"The folder {ROOT} cannot be locked. Copy it to a local disk. ({error})"
                ) from None
            say("Another set-up is at work here. Waiting for it.")
            connection.execute("PRAGMA busy_timeout = 3600000")
            connection.execute("BEGIN EXCLUSIVE")
        yield


def make_environment() -> None:
    """The folder .venv with a Python and pip; made anew when half-made, moved, or of another Python."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"

    def make() -> None:
        if importlib.util.find_spec("ensurepip") is None:  # Debian splits it off, and venv then leaves a ruin
            provide_ensurepip(f"python{version}-venv")
        base = getattr(sys, "_base_executable", None) or sys.executable
        carry_out(base, "-m", "venv", "--clear", VENV)

    if not PYTHON.exists():
        shutil.rmtree(STAMPS, ignore_errors=True)
    inputs = f"Python {version} of {sys.base_prefix}, in {VENV}"
    once("environment", inputs, "Making the environment in .venv.", make)


def pip_install(*arguments: str | Path) -> None:
    """Run pip of .venv; isolated, so that no PYTHON* variable or user folder leaks in."""
    carry_out(PYTHON, "-I", "-m", "pip", "install", "--no-input", *arguments)


def install(name: str, what: str) -> None:
    """Install the locked list requirements/NAME.txt. Every download must match its hash."""
    lock = ROOT / "requirements" / f"{name}.txt"
    step = f"requirements-{name}"
    stamp = STAMPS / step
    # a pip that was killed may have left a package that looks whole to the next one
    again = ["--force-reinstall"] if stamp.is_file() and stamp.read_text(encoding="utf-8") == BEGUN else []
    command: tuple[str | Path, ...] = (*again, "--require-hashes", "-r", lock)
    once(step, digest(lock), f"Installing {what}.", lambda: pip_install(*command))


def install_project() -> None:
    """Build the web client when its sources have changed, and make `clipset` a command of .venv."""
    install("build", "what builds the web client, with Node.js (about 60 MB)")
    carry_out(PYTHON, "hatch_build.py", "build")
    once(
        "project",
        digest(ROOT / "pyproject.toml", ROOT / "hatch_build.py", ROOT / "server" / "__init__.py"),
        "Installing Clipset itself.",
        lambda: pip_install("--no-deps", "--no-build-isolation", "--editable", ROOT),
    )


# --- what the system has to have ----------------------------------------------------------------------------


def debian_line(packages: Sequence[str]) -> str:
    """What a person types to install Debian packages."""
    return f"sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}"


def install_debian(packages: Sequence[str]) -> bool:
    """Install the missing ones of some Debian packages; False where this is not root on Debian or Ubuntu."""
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        return False
    query = ("dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n", *packages)
    known = subprocess.run(query, capture_output=True, encoding="utf-8", check=False).stdout.splitlines()
    packages = [package for package in packages if f"installed {package}" not in known]
    if not packages:
        return True
    say(f"Installing with apt-get: {' '.join(packages)}")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    carry_out("apt-get", "update", "--quiet", env=env)
    carry_out("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages, env=env)
    return True


def provide_ensurepip(package: str) -> None:
    """Install the part of Python that makes environments. Raises `Refusal` with what to type."""
    if install_debian([package]):
        return
    how = (
        f"Install it with: {debian_line([package])}"
        if shutil.which("apt-get")
        else "Install a complete Python."
    )
    raise Refusal(f"This Python comes without its module ensurepip, so no environment can be made. {how}")


def missing_libraries(wanted: Iterable[str]) -> list[str]:
    """Those of the wanted libraries that this Linux does not have; none elsewhere, where the wheels bring all."""
    ldconfig = shutil.which("ldconfig", path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin")
    if not sys.platform.startswith("linux") or ldconfig is None:
        return []
    known = subprocess.run([ldconfig, "-p"], capture_output=True, encoding="utf-8", check=False).stdout
    return [name for name in wanted if f"\t{name} " not in known]


def provide_qt_libraries() -> None:
    """Install what Qt needs, or say how. Never an obstacle: without them Clipset starts without a window."""
    missing = missing_libraries(QT_LIBRARIES)
    if not missing:
        return
    packages = [QT_LIBRARIES[name] for name in missing]
    by_name = next((tool for tool in ("dnf", "zypper") if shutil.which(tool)), None)
    if shutil.which("apt-get"):
        if install_debian(packages):
            return
        how = f"Install them with: {debian_line(packages)}"
    elif by_name:
        how = f"Install them with: sudo {by_name} install " + " ".join(f"'{it}()(64bit)'" for it in missing)
    else:
        how = f"Your system's packages have them: {', '.join(missing)}"
    say(f"The window needs system libraries. {how}")


def provide_test_programs() -> None:
    """Install what the tests start, or say how; a test whose program is not there is skipped and says so."""
    missing = [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
    missing += [TEST_LIBRARIES[name] for name in missing_libraries(TEST_LIBRARIES)]
    if not Path("/usr/share/fonts/truetype/dejavu").exists():
        missing.append("fonts-dejavu-core")
    if missing and shutil.which("apt-get") and not install_debian(missing):
        say(f"Some tests will be skipped. What they need is installed with: {debian_line(missing)}")


# --- the tasks ----------------------------------------------------------------------------------------------


def wants_window(arguments: Sequence[str]) -> bool:
    """Whether `clipset ARGUMENTS` would open a window: no subcommand, no mere question, and a display."""
    display = not sys.platform.startswith("linux") or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
    subcommand = bool(arguments) and not arguments[0].startswith("-")
    return display and not subcommand and not {"--help", "-h", "--version"} & set(arguments)


def install_core() -> None:
    """What every host needs; PostgreSQL's driver too, so that the database stays a matter of one setting."""
    make_environment()
    install("core", "the libraries of the server (about 50 MB)")


def install_window() -> None:
    """What only a host with a window needs; a machine without a screen is spared the download."""
    install("desktop", "the libraries of the window (about 85 MB)")
    libraries = " ".join(QT_LIBRARIES)
    once("qt-libraries", libraries, "Looking for the system libraries of the window.", provide_qt_libraries)


def install_everything() -> None:
    """What developers need: the program with its window, and the tools."""
    with alone():
        install_core()
        install_window()
        install("dev", "the tools for tests and checks (about 140 MB)")
        install_project()


def run(arguments: list[str]) -> int:
    """Set up, then become `clipset`."""
    with alone():
        install_core()
        if wants_window(arguments):
            install_window()
        install_project()
    return become(PROGRAMS / f"clipset{SUFFIX}", *arguments)


def take_database(arguments: list[str]) -> tuple[str, list[str]]:
    """The database of `--database NAME`, and the other arguments. Raises `Refusal` for one that is not known."""
    name, others, following = "sqlite", [], iter(arguments)
    for argument in following:
        if argument == "--database" or argument.startswith("--database="):
            name = argument.partition("=")[2] or next(following, "")
        else:
            others.append(argument)
    if name not in DATABASES:
        raise Refusal(f"There is no database {name or 'without a name'}. There are: {', '.join(DATABASES)}.")
    return name, others


def provide_packing_programs() -> None:
    """Install what PyInstaller reads libraries with, Python as a library, and a screen to try the window on."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for program, package in PACKING_PROGRAMS.items() if shutil.which(program) is None]
    library = sysconfig.get_config_var("INSTSONAME")
    if not Path(sysconfig.get_config_var("LIBDIR"), library).exists() and missing_libraries([library]):
        missing.append(f"libpython{sys.version_info[0]}.{sys.version_info[1]}")  # Debian splits it off
    if missing and not install_debian(missing):
        say(f"Packing needs more of this system. It is installed with: {debian_line(missing)}")


def provide_postgresql() -> None:
    """Install PostgreSQL's server, of which the tests start one of their own. Raises `Refusal` with what to type."""
    if not (shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))):
        if not shutil.which("apt-get"):
            raise Refusal("PostgreSQL's server is not installed. Install it, so that initdb is in PATH.")
        if not install_debian(["postgresql"]):
            raise Refusal(f"PostgreSQL is not installed. Install it with: {debian_line(['postgresql'])}")


def on_database(database: str, *command: str | Path) -> tuple[str | Path, ...]:
    """The command that runs a command on one of the databases. Raises `Refusal` where that is not to be had."""
    if database == "sqlite":
        return command
    with alone():
        provide_postgresql()
    return (PYTHON, "-m", "tests.postgresql", *command)


def test(arguments: list[str]) -> int:
    """The web client's tests, unless something narrower is asked for, then pytest; its line is the last."""
    database, arguments = take_database(arguments)
    install_everything()
    with alone():
        programs = " ".join([*TEST_PROGRAMS, *TEST_LIBRARIES])
        once(
            "test-programs", programs, "Looking for the programs that the tests start.", provide_test_programs
        )
    pytest: tuple[str | Path, ...] = (
        PYTHON,
        "-m",
        "pytest",
        "-n",
        str(min(4, os.cpu_count() or 1)),
        *arguments,
    )
    command = on_database(database, *pytest)
    web = 0 if arguments or database != "sqlite" else call(PYTHON, "hatch_build.py", "npm", "run", "test")
    if web:
        say("The web client's tests failed, see above. Now the others.")
    return call(*command) or web


def check(_arguments: list[str]) -> int:
    """All static checks; every one is run, and the failed ones are named at the end."""
    install_everything()
    checks: dict[str, tuple[str | Path, ...]] = {
        "formatting": (PROGRAMS / f"ruff{SUFFIX}", "format", "--check", "."),
        "lint": (PROGRAMS / f"ruff{SUFFIX}", "check", "."),
        "types": (PROGRAMS / f"mypy{SUFFIX}",),
        "layers": (PROGRAMS / f"lint-imports{SUFFIX}",),
        "web client": (PYTHON, "hatch_build.py", "npm", "run", "check"),
    }
    failed = []
    for name, command in checks.items():
        say(f"Checking {name}.")
        if call(*command):
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def declared(benchmark: Path, name: str) -> list[str]:
    """The list literal `name` of a benchmark module, read without importing what is not installed yet."""
    for node in ast.parse(benchmark.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return [str(line) for line in ast.literal_eval(node.value)]
    return []


def bench(arguments: list[str]) -> int:
    """Install what the benchmarks compare with, then run them in turn."""
    database, names = take_database(arguments)
    chosen = [path for path in BENCHMARKS.glob("[!_]*.py") if not names or path.stem in names]
    benchmarks = [*BENCHMARKS.glob("_*.py"), *chosen]  # those with _ are what several share
    packages = sorted({package for path in benchmarks for package in declared(path, "DEBIAN")})

    def provide() -> None:
        if not install_debian(packages):
            say(f"The benchmarks compare with programs that are installed with: {debian_line(packages)}")

    install_everything()
    with alone():
        if any(declared(path, "REQUIREMENTS") for path in benchmarks):
            install("bench", "what the benchmarks compare with (about 40 MB)")
        if packages:
            once("bench-" + "-".join(packages), "", "Looking for the programs to compare with.", provide)
    return call(*on_database(database, PYTHON, "-m", "tests.benchmarks", *names))


def build(arguments: list[str]) -> int:
    """The frozen app in dist/clipset, a trial (started, used over HTTP, stopped), and what people download of it."""
    install_everything()
    with alone():
        install("package", "what packs the app (about 10 MB)")
        provide_packing_programs()
        say("Packing the app into dist/clipset.")
        folders = ("--distpath", ROOT / "dist", "--workpath", ROOT / "build" / "frozen")
        carry_out(PYTHON, "-m", "PyInstaller", "--noconfirm", *folders, "clipset.spec")
    os.environ["CLIPSET_FROZEN_APP"] = str(ROOT / "dist" / "clipset" / f"clipset{SUFFIX}")
    code = call(PYTHON, "-m", "pytest", "tests/set_up/test_frozen_app.py", *arguments)
    if code:
        return code
    pack = ROOT / "resources" / "packing" / "pack.py"
    return call(PYTHON, pack, ROOT / "dist" / "clipset", ROOT / "dist", *QT_LIBRARIES.values())


def lock(arguments: list[str]) -> int:
    """Write the locked lists anew."""
    install_everything()
    return call(PYTHON, ROOT / "requirements" / "lock.py", *arguments)


TASKS = {"run": run, "test": test, "check": check, "bench": bench, "build": build, "lock": lock}


def main(arguments: list[str]) -> int:
    """Carry out one task; its exit code."""
    name = arguments[0] if arguments else "--help"
    if name in {"-h", "--help", "help"}:
        print(__doc__)
        return 0
    if name not in TASKS:
        say(f"There is no task {name}. There are: {', '.join(TASKS)}. Explained by: python3 tasks.py --help")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return TASKS[name](arguments[1:])
    except Refusal as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        say("Stopped. The same command goes on where it was.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
