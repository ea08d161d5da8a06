"""The program under test of `streaming` and `uploading`: the listener, with one file to send and a folder to fill.

Prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import falcon

from server.values.videos import MediaFile
from server.web.listener import Listener, RequestHead, Streamed
from server.web.media_files import send_file


class FileResource:
    """GET sends the file the way `/api/videos/{id}/stream` does; PATCH takes an upload."""

    def __init__(self, file: MediaFile) -> None:
        self._file = file

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        send_file(req, resp, self._file, cache_control="private, no-cache")

    on_head = on_get

    def on_patch(self, _: falcon.Request, resp: falcon.Response) -> None:
        resp.status = falcon.HTTP_204


class FileSink:
    """Appends to a file, and has it on the disk when it is complete."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("wb", buffering=0)

    def write(self, data: bytes) -> None:
        self._file.write(data)

    def complete(self) -> None:
        self._file.close()

    def abort(self) -> None:
        self._file.close()


class ToFolder:
    """Lets everybody upload to one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def admit(self, _: RequestHead) -> Streamed:
        return Streamed(FileSink(self._path))


def main(file: str, upload: str) -> None:
    app = falcon.App()
    media = MediaFile(path=file, content_type="video/mp4", version="1", download_name="file.mp4")
    app.add_route("/file", FileResource(media))
    listener = Listener(app, admission=ToFolder(Path(upload)), host="127.0.0.1", port=0)
    listener.start()
    sys.stdout.write(f"{listener.port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    listener.stop(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
