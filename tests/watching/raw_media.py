"""A real listener that sends one real file, for the tests of ranges and conditions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import falcon

from server.values.videos import MediaFile
from server.web.listener import Buffered, Listener, RequestHead
from server.web.media_files import Disposition, send_file
from tests.listener.raw_client import RawClient


class _Resource:
    def __init__(self, file: MediaFile, disposition: Disposition | None) -> None:
        self._file = file
        self._disposition = disposition

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        send_file(req, resp, self._file, cache_control="private, max-age=60", disposition=self._disposition)

    on_head = on_get


class _Nobody:
    def admit(self, _: RequestHead) -> Buffered:
        return Buffered(0)


class ServedFile:
    """A file, its content, and where it is served."""

    def __init__(self, path: Path, content: bytes, listener: Listener) -> None:
        self.path = path
        self.content = content
        self.listener = listener
        self.url = f"http://{listener.host}:{listener.port}/video"

    def connect(self, **options: int) -> RawClient:
        return RawClient(self.listener.host, self.listener.port, **options)


@contextmanager
def serving(
    path: Path, size: int, *, disposition: Disposition | None = None, name: str = "Holiday.mp4"
) -> Iterator[ServedFile]:
    """Serve `size` random bytes, the same every time."""
    content = random.Random(size).randbytes(size)
    path.write_bytes(content)
    file = MediaFile(path=str(path), content_type="video/mp4", version="v1", download_name=name)
    app = falcon.App()
    app.add_route("/video", _Resource(file, disposition))
    listener = Listener(app, admission=_Nobody(), host="127.0.0.1", port=0, threads=4)
    listener.start()
    try:
        yield ServedFile(path, content, listener)
    finally:
        listener.stop(0)
