"""Where things are on this machine: the platform's data folder, and the resources that ship with the program."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs


def default_data_dir() -> Path:
    """The platform's folder for this user's application data."""
    return Path(platformdirs.user_data_path("Clipset", appauthor=False))


def resources_dir() -> Path:
    """The folder of icons, theme and the built web client; inside the bundle when frozen."""
    bundle = getattr(sys, "_MEIPASS", None)
    root = Path(bundle) if bundle else Path(__file__).resolve().parent.parent
    return root / "resources"


def web_dist_dir() -> Path:
    """The built web client."""
    return resources_dir() / "web_dist"
