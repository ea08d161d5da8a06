"""Uploads one file with tuspy and goes on with what an earlier run of it began: FILE ENDPOINT TOKEN CHUNK_BYTES STATE.

Tells what it goes on with, and when it is done.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from requests import RequestException
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError
from tusclient.storage.filestorage import FileStorage


def main(file: str, endpoint: str, token: str, chunk_bytes: str, state: str) -> int:
    client = TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
    storage = FileStorage(state)
    for attempt in range(1000):
        try:
            uploader = client.uploader(
                file,
                chunk_size=int(chunk_bytes),
                metadata={"filename": Path(file).name},
                store_url=True,
                url_storage=storage,
            )
            if attempt == 0 and uploader.url:
                sys.stdout.write(f"resumed {uploader.url}\n")
            uploader.upload()
        except (TusCommunicationError, RequestException, OSError):
            time.sleep(0.1)  # the line was cut; go on where the server says
            continue
        sys.stdout.write(f"done {uploader.url}\n")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
