"""Clipset's core: accounts, uploads, the media pipeline, and the HTTP server. Imports neither Qt nor the desktop."""

__version__ = "0.1.0"
