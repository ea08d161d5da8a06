"""The one place that builds every long-lived object, starts it, and stops it in reverse order."""

from server.composition.clipset import Clipset

__all__ = ["Clipset"]
