"""The page that tells how a device learns to trust this server's certificate, and the certificate itself.

Answered without encryption, too, and without a script or anything from elsewhere. No part of the API.
"""

from __future__ import annotations

from html import escape
from typing import Any

import falcon

from server.services.certificates import Certificates
from server.web.negotiation import by_preference
from server.words import ENGLISH, LANGUAGES, catalogue

_DER, _PEM = "/trust/clipset.crt", "/trust/clipset.pem"
_STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "iPhone and iPad",
        _DER,
        (
            "Open this page in Safari and tap {certificate}. Allow the download.",
            "Open Settings, tap Profile Downloaded, then Install.",
            "In Settings, open General, About, Certificate Trust Settings, and switch Clipset on.",
        ),
    ),
    (
        "Android",
        _DER,
        (
            "Tap {certificate} and save it.",
            "Open Settings and search for CA certificate. Tap it, then Install anyway.",
            "Choose the file clipset.crt.",
        ),
    ),
    (
        "Windows",
        _DER,
        (
            "Download {certificate} and open it.",
            "Choose Install Certificate, Current User, then Place all certificates in the following store.",
            "Choose Trusted Root Certification Authorities and finish.",
        ),
    ),
    (
        "Mac",
        _DER,
        (
            "Download {certificate} and open it. Keychain Access opens.",
            "Double-click the entry that begins with Clipset, open Trust, and choose Always Trust.",
        ),
    ),
    (
        "Linux, and Firefox everywhere",
        _PEM,
        (
            "Download {certificate}.",
            "In Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import. "
            "Tick that it may identify websites.",
            "In Chrome on Linux: Settings, Privacy and security, Security, Manage certificates, Authorities, Import.",
        ),
    ),
)
_TITLE = "Trust this server"
_WHY = (
    "What you send and see here is encrypted. Your device does not know this server yet, so it warns you. "
    "Do this once on each device and the warning goes away."
)
_CHECK = (
    "The certificate is good for this server's network only. Make sure that it is the right one: "
    "whoever runs the server sees the same fingerprint."
)
_CERTIFICATE, _THEN = "the certificate", "Then open Clipset:"

TEXTS = (
    *(_TITLE, _WHY, _CHECK, _CERTIFICATE, _THEN),
    *(device for device, _, _ in _STEPS),
    *(step for _, _, steps in _STEPS for step in steps),
)
"""Every text of the page, for the catalogues."""

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
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
<h1>{title}</h1>
<p>{why}</p>
<p>{check}</p>
<p><code>{fingerprint}</code></p>
{steps}
<p>{then} <a href="{home}">{home}</a></p>
</main>
</body>
</html>
"""


class TrustPage:
    def __init__(self, certificates: Certificates) -> None:
        self._certificates = certificates

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """What to do on which device, in the reader's language."""
        language = _language(req.get_header("Accept-Language", default=""))
        resp.content_type = "text/html; charset=utf-8"
        resp.set_headers(
            {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
        )
        resp.text = _page(language, self._certificates.fingerprint(), f"https://{req.netloc}/")

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


def _language(accept_language: str) -> str:
    """The language we have that somebody likes best."""
    liked = (tag.partition("-")[0] for tag in by_preference(accept_language))
    return next((language for language in liked if language in LANGUAGES), ENGLISH)


def _page(language: str, fingerprint: str, home: str) -> str:
    words = catalogue(language)

    def say(text: str) -> str:
        return escape(words.get(text, text), quote=False)

    def step(text: str, file: str) -> str:
        link = f'<a href="{file}">{say(_CERTIFICATE)}</a>'
        return f"<li>{say(text).format(certificate=link)}</li>"

    return _PAGE.format(
        language=language,
        title=say(_TITLE),
        why=say(_WHY),
        check=say(_CHECK),
        fingerprint=fingerprint,
        steps="".join(
            f"<h2>{say(device)}</h2><ol>{''.join(step(text, file) for text in todo)}</ol>"
            for device, file, todo in _STEPS
        ),
        then=say(_THEN),
        home=escape(home),
    )


def mount(app: falcon.App[Any, Any], certificates: Certificates) -> None:
    """Add the page and the two forms of the certificate."""
    app.add_route("/trust", TrustPage(certificates))
    app.add_route(_DER, CertificateFile(certificates, for_phones=True))
    app.add_route(_PEM, CertificateFile(certificates, for_phones=False))
