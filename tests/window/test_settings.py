"""The settings page, rendered from the one table."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from clipset_desktop.look.theme import Theme
from clipset_desktop.pages.settings import SettingsPage
from clipset_desktop.pages.settings_editors import editor_for
from clipset_desktop.pages.settings_row import SettingRow
from clipset_desktop.window import MainWindow
from server import settings
from server.settings import SETTINGS
from server.values.accounts import HOST

_USED_UP = {"initial_admin_email", "initial_admin_username", "initial_admin_password"}


@pytest.fixture
def page(window: MainWindow, hand: SimpleNamespace) -> SettingsPage:
    """The page with what is in force."""
    window.show_page("settings")
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    hand.until(lambda: page.rows["server_name"].text() == "Clipset")
    return page


def _type(row: SettingRow, text: str) -> None:
    editor: Any = row.editor
    editor.entry.setText(text)
    editor.entry.textEdited.emit(text)


def test_every_setting_is_there_once(page: SettingsPage) -> None:
    assert list(page.rows) == [
        *(row.key for row in settings.CONFIG_SETTINGS),
        *(row.key for row in settings.HOST_SETTINGS if row.key not in _USED_UP),
    ]


def test_each_shows_what_is_in_force(page: SettingsPage) -> None:
    host, config = page.ctx.core.settings.host, page.ctx.core.configuration.get()
    for key, shown in page.rows.items():
        assert shown.value() == getattr(host if shown.row.needs_restart else config, key), key
        assert not shown.is_changed, key
        assert not shown.wrong, key


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("port", "65536", "Enter a whole number from 0 to 65535."),
        ("port", "eighty", "Enter a whole number from 0 to 65535."),
        ("quota_reset_hour", "24", "Enter a whole number from 0 to 23."),
        ("transcode_crf", "13", "Enter a whole number from 14 to 34."),
        ("max_file_size_bytes", "", "Enter a size, such as 2 or 0.5."),
        ("max_file_size_bytes", "-1", "Enter a size, such as 2 or 0.5."),
        ("max_file_size_bytes", "inf", "Enter a size, such as 2 or 0.5."),
        ("weekly_upload_limit_bytes", "much", "Enter a size, such as 2 or 0.5."),
        ("quota_reset_timezone", "Europe/Atlantis", "That time zone is not known."),
        ("renditions", "480,1080", "Give each size once, largest first."),
        ("renditions", "2160", "Each size is between 144 and 1080 lines."),
    ],
)
def test_what_is_wrong_is_said_while_typing(
    key: str, text: str, sentence: str, theme: Theme, qtbot: Any
) -> None:
    setting = next(each for each in SETTINGS if each.key == key)
    row = SettingRow(theme, setting)
    qtbot.addWidget(row)
    row.show_value(setting.default)
    assert not row.wrong
    _type(row, text)
    assert sentence in row.wrong
    row.undo()
    assert not row.wrong
    assert not row.is_changed


def test_nothing_is_saved_while_something_is_wrong(page: SettingsPage) -> None:
    _type(page.rows["port"], "65536")
    assert page.bar.isVisible()
    assert not page.save.isEnabled()
    page.undo.click()
    assert not page.bar.isVisible()


def test_members_settings_take_effect_at_once(
    page: SettingsPage, hand: SimpleNamespace, window: MainWindow
) -> None:
    _type(page.rows["server_name"], "Meadow Lane")
    _type(page.rows["max_file_size_bytes"], "1.5")
    page.save.click()
    hand.until(page.notice.isVisible)
    config = page.ctx.core.configuration.get()
    assert (config.server_name, config.max_file_size_bytes) == ("Meadow Lane", 3 * 1024**3 // 2)
    assert page.notice.text.text() == "Saved."
    assert not page.bar.isVisible()
    hand.until(lambda: window.windowTitle() == "Meadow Lane – Clipset")


def test_the_computers_settings_are_kept_for_the_next_start(
    page: SettingsPage, hand: SimpleNamespace, server: Any
) -> None:
    _type(page.rows["port"], "8123")
    assert page._count.text() == "1 change. Restart Clipset afterwards."
    page.save.click()
    hand.until(page.notice.isVisible)
    assert "starts again" in page.notice.text.text()
    again = settings.load({"data_dir": str(server.data_dir)}, environment={})
    assert again.host.port == 8123
    page.rows["port"].back.click()
    page.save.click()
    hand.until(lambda: not page.bar.isVisible())
    again = settings.load({"data_dir": str(server.data_dir)}, environment={})
    assert again.host.port == 8400


def test_back_to_the_default(page: SettingsPage) -> None:
    _type(page.rows["quota_reset_hour"], "7")
    row = page.rows["quota_reset_hour"]
    assert not row.back.isHidden()
    row.back.click()
    assert row.text() == "0"
    assert row.back.isHidden()
    assert not row.is_changed


def test_a_change_made_elsewhere_appears_and_typing_is_kept(
    page: SettingsPage, hand: SimpleNamespace
) -> None:
    _type(page.rows["quota_reset_hour"], "7")
    page.ctx.core.configuration.update(HOST, server_name="Elsewhere")
    hand.until(lambda: page.rows["server_name"].text() == "Elsewhere")
    assert page.rows["quota_reset_hour"].text() == "7"
    assert page.rows["quota_reset_hour"].is_changed


def test_what_the_environment_sets_cannot_be_changed_here(
    monkeypatch: pytest.MonkeyPatch, ctx: Any, qtbot: Any
) -> None:
    monkeypatch.setenv("CLIPSET_PORT", "8080")
    page = SettingsPage(ctx)
    qtbot.addWidget(page)
    assert not page.rows["port"].editor.isEnabled()
    assert page.rows["host"].editor.isEnabled()
    assert not page.rows["data_dir"].editor.isEnabled()


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 GB"),
        (1, "1 bytes"),
        (1536, "1.5 kB"),
        (500 * 1024**2, "500 MB"),
        (2 * 1024**3, "2 GB"),
        (2**31 + 1, "2147483649 bytes"),
    ],
)
def test_sizes_are_shown_as_people_say_them_and_lose_nothing(
    count: int, shown: str, theme: Theme, qtbot: Any
) -> None:
    setting = next(each for each in SETTINGS if each.key == "weekly_upload_limit_bytes")
    editor: Any = editor_for(theme, setting)
    qtbot.addWidget(editor)
    editor.show_text(str(count))
    assert f"{editor.entry.text()} {editor.unit.currentText()}" == shown
    assert editor.text() == str(count)
