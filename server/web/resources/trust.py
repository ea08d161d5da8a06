"""The page that tells how a device learns to trust this server's certificate, and the certificate itself.

Answered without encryption, too, and without a script or anything from elsewhere. No part of the API.
"""

from __future__ import annotations

from html import escape
from typing import Any

import falcon

from server.services.certificates import Certificates

_STEPS = (
    (
        "iPhone and iPad",
        (
            'Open this page in Safari and tap <a href="/trust/clipset.crt">the certificate</a>. Allow the download.',
            "Open Settings, tap Profile Downloaded, then Install.",
            "In Settings, open General, About, Certificate Trust Settings, and switch Clipset on.",
        ),
    ),
    (
        "Android",
        (
            'Tap <a href="/trust/clipset.crt">the certificate</a> and save it.',
            "Open Settings and search for CA certificate. Tap it, then Install anyway.",
            "Choose the file clipset.crt.",
        ),
    ),
    (
        "Windows",
        (
            'Download <a href="/trust/clipset.crt">the certificate</a> and open it.',
            "Choose Install Certificate, Current User, then Place all certificates in the following store.",
            "Choose Trusted Root Certification Authorities and finish.",
        ),
    ),
    (
        "Mac",
        (
            'Download <a href="/trust/clipset.crt">the certificate</a> and open it. Keychain Access opens.',
            "Double-click the entry that begins with Clipset, open Trust, and choose Always Trust.",
        ),
    ),
    (
        "Linux, and Firefox everywhere",
        (
            'Download <a href="/trust/clipset.pem">the certificate</a>.',
            "In Firefox: Settings, Privacy &amp; Security, View Certificates, Authorities, Import. "
            "Tick that it may identify websites.",
            "In Chrome on Linux: Settings, Privacy and security, Security, Manage certificates, Authorities, Import.",
        ),
    ),
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trust this server</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 24px 16px; }}
h1 {{ font-size: 28px; line-height: 1.2; }}
h2 {{ font-size: 20px; margin-top: 32px; }}
code {{ overflow-wrap: anywhere; }}
li {{ margin: 8px 0; }}
</style>
</head>
<body>
<main>
<h1>Trust this server</h1>
<p>What you send and see here is encrypted. Your device does not know this server yet, so it warns you. Do this once on
each device and the warning goes away.</p>
<p>The certificate is good for this server's network only. Make sure that it is the right one: whoever runs the server
sees the same fingerprint.</p>
<p><code>{fingerprint}</code></p>
{steps}
<p>Then <a href="{home}">open Clipset</a>.</p>
</main>
</body>
</html>
"""


class TrustPage:
    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What to do on which device."""
        steps = "".join(
            f"<h2>{device}</h2><ol>{''.join(f'<li>{step}</li>' for step in todo)}</ol>"
            for device, todo in _STEPS
        )
        resp.content_type = "text/html; charset=utf-8"
        resp.set_header("Cache-Control", "no-store")
        resp.text = _PAGE.format(
            fingerprint=self._certificates.fingerprint(), steps=steps, home=escape(f"https://{req.netloc}/")
        )

    on_head = on_get


class CertificateFile:
    def __init__(self, certificates: Certificates, *, for_phones: bool) -> None:
        self._certificates = certificates
        self._for_phones = for_phones

    def on_get(self, _req: falcon.Request, resp: falcon.Response) -> None:
        """The authority's certificate, for devices to trust."""
        resp.set_header("Cache-Control", "no-store")
        if self._for_phones:
            resp.content_type = "application/x-x509-ca-cert"
            resp.data = self._certificates.authority_der()
            resp.downloadable_as = "clipset.crt"
        else:
            resp.content_type = "application/x-pem-file"
            resp.data = self._certificates.authority_pem()
            resp.downloadable_as = "clipset.pem"

    on_head = on_get


def mount(app: falcon.App[Any, Any], certificates: Certificates) -> None:
    """Add the page and the two forms of the certificate."""
    app.add_route("/trust", TrustPage(certificates))
    app.add_route("/trust/clipset.crt", CertificateFile(certificates, for_phones=True))
    app.add_route("/trust/clipset.pem", CertificateFile(certificates, for_phones=False))
