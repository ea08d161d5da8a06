"""Every source of the settings, which of them wins, and what is said about a bad value."""

from __future__ import annotations

import stat
import sys

import pytest

import clipset_desktop.main
from server import cli
from server.errors import CannotStart, InvalidInput
from server.settings import (
    HOST_SETTINGS,
    SETTINGS,
    example_env,
    format_value,
    load,
    parse,
    store_host_setting,
)

ROWS = {row.key: row for row in SETTINGS}


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A working folder and a data folder, both empty, the first being where the program is started."""
    here, data = tmp_path / "here", tmp_path / "data"
    here.mkdir()
    data.mkdir()
    monkeypatch.chdir(here)
    return here, data


GOOD = {
    "data_dir": ("/srv/clips", "/srv/clips"),
    "database_url": ("postgresql+psycopg://a:b@h/c", "postgresql+psycopg://a:b@h/c"),
    "secret_key": ("k" * 32, "k" * 32),
    "video_storage_path": (" /srv/videos ", "/srv/videos"),
    "thumbnail_storage_path": ("/srv/thumbs", "/srv/thumbs"),
    "host": ("127.0.0.1", "127.0.0.1"),
    "advertised_host": ("videos.example", "videos.example"),
    "mdns": ("no", False),
    "port": ("0", 0),
    "access_token_expire_minutes": ("60", 60),
    "cors_origins": ("https://a.example, https://b.example", ("https://a.example", "https://b.example")),
    "allowed_hosts": ("clips.example", ("clips.example",)),
    "metrics_token": ("m" * 16, "m" * 16),
    "https": ("on", True),
    "keep_originals": ("Yes", True),
    "transcode_workers": ("3", 3),
    "transcode_preset": ("slow", "slow"),
    "transcode_crf": ("18", 18),
    "hardware_encoder": ("software", "software"),
    "backup_schedule": ("weekly", "weekly"),
    "backups_kept": ("30", 30),
    "wait_on_battery": ("on", True),
    "stay_awake": ("no", False),
    "initial_admin_email": ("a@example.org", "a@example.org"),
    "initial_admin_username": ("anna", "anna"),
    "initial_admin_password": (" two outer spaces ", " two outer spaces "),
    "server_name": ("Näh & Söhne", "Näh & Söhne"),
    "max_file_size_bytes": ("1", 1),
    "weekly_upload_limit_bytes": ("0", 0),
    "accepted_video_formats": ("mp4,mov", ("mp4", "mov")),
    "quota_reset_day": ("6", 6),
    "quota_reset_hour": ("23", 23),
    "quota_reset_timezone": ("Europe/Berlin", "Europe/Berlin"),
    "renditions": ("1080, 480", (1080, 480)),
    "always_transcode": ("yes", True),
    "audio_language": ("ger", "ger"),
}


def test_the_table_of_good_values_has_every_setting():
    assert set(GOOD) == set(ROWS)


def _value(settings, key):
    return getattr(settings.host if ROWS[key].needs_restart else settings.first_config, key)


_SOURCES = ("the data folder's file", "the working folder's file", "the environment", "the command line")
"""From the weakest to the strongest."""


@pytest.mark.parametrize("source", _SOURCES)
@pytest.mark.parametrize("key", GOOD)
def test_every_setting_is_read_from_every_source_and_beats_the_weaker_ones(folders, key, source):
    if (key, source) == ("data_dir", _SOURCES[0]):
        return  # that file is only found once the folder is known
    text, value = GOOD[key]
    strength = _SOURCES.index(source)
    weaker = _SOURCES[1 if key == "data_dir" else 0 : strength]
    here, data = folders
    variable = f"CLIPSET_{key.upper()}"
    texts = {**dict.fromkeys(weaker, "no such value"), source: text}
    for name, folder in zip(_SOURCES, (data, here), strict=False):
        if name in texts:
            (folder / ".env").write_text(f'{variable}="{texts[name]}"\n', encoding="utf-8")
    environment = {variable: texts[_SOURCES[2]]} if _SOURCES[2] in texts else {}
    if key != "data_dir":
        environment["CLIPSET_DATA_DIR"] = str(data)
    settings = load({key: texts.get(_SOURCES[3])}, environment)
    assert _value(settings, key) == value


@pytest.mark.parametrize("program", [cli.main, clipset_desktop.main.main], ids=["server", "clipset"])
@pytest.mark.parametrize("row", HOST_SETTINGS, ids=lambda row: row.key)
def test_a_setting_of_the_machine_is_an_option_on_either_side_of_the_subcommand(monkeypatch, row, program):
    text, value = GOOD[row.key]
    option = f"--{row.key.replace('_', '-')}={text}"
    taken = []
    monkeypatch.setattr("server.cli.commands.serve", lambda overrides: taken.append(overrides) or 0)
    for arguments in ([option, "serve"], ["serve", option]):
        monkeypatch.setattr("sys.argv", ["clipset", *arguments])
        if row.secret:
            with pytest.raises(SystemExit) as ended:
                program()
            assert ended.value.code == 2
        else:
            assert program() == 0
    assert taken == ([] if row.secret else [{row.key: value}] * 2)


def test_a_bad_option_is_named_with_what_it_has_to_be(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["clipset", "serve", "--transcode-crf", "0"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "--transcode-crf: It has to be a whole number from 14 to 34." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sources", "port"),
    [
        ({}, 8400),
        ({"data": 1}, 1),
        ({"data": 1, "here": 2}, 2),
        ({"data": 1, "here": 2, "environment": 3}, 3),
        ({"data": 1, "here": 2, "environment": 3, "command line": 4}, 4),
        ({"data": 1, "command line": 4}, 4),
        ({"data": 1, "environment": ""}, 1),
        ({"environment": 3, "command line": 0}, 0),
        ({"environment": 3, "command line": None}, 3),
    ],
)
def test_the_first_source_that_has_it_wins(folders, sources, port):
    here, data = folders
    for name, folder in (("here", here), ("data", data)):
        if name in sources:
            (folder / ".env").write_text(f"CLIPSET_PORT={sources[name]}\n")
    environment = {"CLIPSET_DATA_DIR": str(data)}
    if "environment" in sources:
        environment["CLIPSET_PORT"] = str(sources["environment"])
    assert load({"port": sources.get("command line")}, environment).host.port == port


def test_an_empty_text_on_the_command_line_takes_the_default_back(folders):
    environment = {"CLIPSET_DATABASE_URL": "postgresql+psycopg://h/c"}
    settings = load({"database_url": "", "data_dir": str(folders[1])}, environment)
    assert settings.host.effective_database_url == f"sqlite:///{folders[1]}/clipset.db"


def test_the_data_folder_may_be_chosen_by_the_file_in_the_working_folder(folders):
    here, data = folders
    (here / ".env").write_text(f"CLIPSET_DATA_DIR={data}\n")
    (data / ".env").write_text("CLIPSET_PORT=1\n")
    settings = load(environment={})
    assert (settings.host.data_path, settings.host.port) == (data, 1)


@pytest.mark.parametrize(
    "text",
    ["a$b${HOME}c", "quote'quote\"quote", "# no comment", "x=y", " spaces ", "back\\slash\\n", "Ünïcode 🎬"],
)
def test_a_stored_value_is_read_back_as_it_was(folders, text):
    _, data = folders
    store_host_setting(data, ROWS["initial_admin_password"], text)
    assert load(environment={"CLIPSET_DATA_DIR": str(data)}).host.initial_admin_password == text


def test_a_stored_value_goes_back_to_the_default(folders):
    _, data = folders
    environment = {"CLIPSET_DATA_DIR": str(data)}
    store_host_setting(data, ROWS["port"], "9000")
    assert load(environment=environment).host.port == 9000
    store_host_setting(data, ROWS["port"], "")
    assert load(environment=environment).host.port == 8400


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_stored_values_are_private(folders):
    _, data = folders
    for text in ("9000", "9001"):
        store_host_setting(data, ROWS["port"], text)
    assert stat.S_IMODE((data / ".env").stat().st_mode) == 0o600


BAD = [
    ("port", "70000", "a whole number from 0 to 65535"),
    ("port", "eighty", "a whole number from 0 to 65535"),
    ("port", "80.5", "a whole number from 0 to 65535"),
    ("transcode_crf", "0", "a whole number from 14 to 34"),
    ("keep_originals", "maybe", "yes or no"),
    ("transcode_preset", "warp", "one of ultrafast, superfast"),
    ("hardware_encoder", "cuda", "one of auto, software"),
    ("accepted_video_formats", "mp4,exe", "one or more of mp4, mov, avi, mkv, webm"),
    ("renditions", "tall", "1 to 4 values"),
    ("renditions", "1080,720,480,360,240", "1 to 4 values"),
    ("renditions", "2160", "between 144 and 1080"),
    ("renditions", "480,1080", "largest first"),
    ("audio_language", "my own", "such as en or de"),
    ("server_name", "x" * 61, "a text of 1 to 60 characters"),
    ("quota_reset_day", "7", "a whole number from 0 to 6"),
    ("quota_reset_timezone", "Mars/Olympus", "not known"),
    ("secret_key", "short", "at least 32"),
    ("database_url", "postgresql://h/c", "postgresql+psycopg://"),
]


@pytest.mark.parametrize(("key", "text", "wanted"), BAD)
@pytest.mark.parametrize("source", ["environment", "file", "command line"])
def test_a_bad_value_is_named_with_its_place(folders, key, text, wanted, source):
    variable = f"CLIPSET_{key.upper()}"
    environment = {variable: text} if source == "environment" else {}
    if source == "file":
        (folders[0] / ".env").write_text(f"{variable}='{text}'\n")
    place = {"file": str(folders[0] / ".env")}.get(source, source)
    with pytest.raises(CannotStart) as caught:
        load({key: text} if source == "command line" else None, environment)
    sentence = caught.value.sentence
    assert variable in sentence
    assert place in sentence
    assert wanted in sentence
    assert "`" not in sentence


@pytest.mark.parametrize(("key", "text", "wanted"), BAD)
def test_a_person_who_types_a_bad_value_is_told(key, text, wanted):
    with pytest.raises(InvalidInput) as caught:
        parse(ROWS[key], text)
    assert caught.value.field == key
    assert wanted in caught.value.sentence
    assert "CLIPSET" not in caught.value.sentence


def test_a_bad_secret_is_not_repeated(folders):
    with pytest.raises(CannotStart) as caught:
        load(environment={"CLIPSET_SECRET_KEY": "hunter2"})
    assert "hunter2" not in caught.value.sentence


@pytest.mark.parametrize("content", [b"CLIPSET_PORT=\xff\xfe", b"\x80"])
def test_a_file_that_is_no_text_is_refused(folders, content):
    (folders[0] / ".env").write_bytes(content)
    with pytest.raises(CannotStart, match="cannot be read"):
        load(environment={})


def test_a_byte_order_mark_is_no_part_of_the_first_name(folders):
    (folders[0] / ".env").write_bytes(b"\xef\xbb\xbfCLIPSET_PORT=9\r\n")
    assert load(environment={}).host.port == 9


@pytest.mark.parametrize("row", [row for row in SETTINGS if row.default is not None], ids=lambda row: row.key)
def test_every_default_survives_being_written_and_read(row):
    text = format_value(row.default)
    assert parse(row, text) == row.default


def test_the_example_file_has_every_setting_and_changes_none(folders):
    here, _ = folders
    lines = [line.removeprefix("# ") for line in example_env().splitlines() if line.startswith("# CLIPSET_")]
    assert [line.partition("=")[0] for line in lines] == [row.variable for row in SETTINGS]
    plain = load(environment={})
    (here / ".env").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load(environment={}) == plain


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.key)
def test_every_setting_explains_itself(row):
    assert row.label
    assert row.help.endswith(".")
    assert row.wanted
    assert row.needs_restart or row.default is not None
