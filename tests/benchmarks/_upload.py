"""The client of `uploading`, in a process of its own: signs in, sends one file through tus or as a form.

Prints the seconds from the first byte of the body to the answer.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
import time
from http.client import HTTPConnection

BOUNDARY = "a-boundary-that-no-file-has"
TUS = {"Tus-Resumable": "1.0.0"}


def main(port: str, kind: str, file: str, username: str, password: str) -> None:
    connection = HTTPConnection("127.0.0.1", int(port), timeout=600)
    credentials = json.dumps({"username": username, "password": password})
    connection.request("POST", "/api/auth/login", credentials, {"Content-Type": "application/json"})
    token = json.load(connection.getresponse())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    send = {"tus": _send_by_tus, "form": _send_as_form}[kind]
    send(connection, headers, file)
    connection.close()


def _send_by_tus(connection: HTTPConnection, headers: dict[str, str], file: str) -> None:
    size = os.path.getsize(file)  # noqa: PTH202
    name = base64.b64encode(b"benchmark.mp4").decode()
    # one byte is left out, so that no encode starts while the next run is measured
    creation = {**headers, **TUS, "Upload-Length": str(size + 1), "Upload-Metadata": f"filename {name}"}
    connection.request("POST", "/api/uploads", headers=creation)
    created = connection.getresponse()
    created.read()
    path = created.headers["Location"].partition(f":{connection.port}")[2] or created.headers["Location"]
    patch = {**headers, **TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    _send(connection, "PATCH", path, patch, b"", file, b"")


def _send_as_form(connection: HTTPConnection, headers: dict[str, str], file: str) -> None:
    disposition = 'Content-Disposition: form-data; name="file"; filename="benchmark.mp4"'
    before = f"--{BOUNDARY}\r\n{disposition}\r\nContent-Type: video/mp4\r\n\r\n".encode()
    after = f"\r\n--{BOUNDARY}--\r\n".encode()
    form = {**headers, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    _send(connection, "POST", "/api/videos", form, before, file, after)


def _send(
    connection: HTTPConnection,
    method: str,
    path: str,
    headers: dict[str, str],
    before: bytes,
    file: str,
    after: bytes,
) -> None:
    """Send a body made of a file and what stands around it, without copying the file through this process."""
    length = len(before) + os.path.getsize(file) + len(after)  # noqa: PTH202
    connection.putrequest(method, path)
    for name, value in {**headers, "Content-Length": str(length)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    sock: socket.socket = connection.sock
    started = time.perf_counter()
    sock.sendall(before)
    with open(file, "rb") as source:  # noqa: PTH123
        sock.sendfile(source)
    sock.sendall(after)
    answer = connection.getresponse()
    answer.read()
    sys.stdout.write(f"{answer.status} {time.perf_counter() - started}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
