"""Writes HLS playlists (RFC 8216). Pure; addresses are relative, so that they hold behind any name."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from server.values.renditions import Rendition

MEDIA_TYPE = "application/vnd.apple.mpegurl"
#: Players ask again for a growing playlist after this many seconds, at least (section 6.3.4).
_TARGET_S = 2


def master_playlist(renditions: Sequence[Rendition], link: str | None) -> str:
    """The playlist of renditions. `link` goes on every address for those who watch by a link."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for each in renditions:
        attributes = [
            f"BANDWIDTH={each.peak_bits_per_s}",
            f"AVERAGE-BANDWIDTH={each.average_bits_per_s}",
            f'CODECS="{each.codecs}"',
            f"RESOLUTION={each.width}x{each.height}",
        ]
        if each.frame_rate:
            attributes.append(f"FRAME-RATE={each.frame_rate:.3f}")
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", f"{each.height}/playlist.m3u8{_query(link)}"]
    return "\n".join([*lines, ""])


def media_playlist(rendition: Rendition, link: str | None) -> str:
    """The playlist of one rendition's segments: of type EVENT while it grows, with an end afterwards."""
    target_s = max(_TARGET_S, *(round(duration / 1000) for duration in rendition.durations_ms))
    query = _query(link, rendition.version)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target_s}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if rendition.ended else 'EVENT'}",
        "#EXT-X-START:TIME-OFFSET=0",
        f'#EXT-X-MAP:URI="init.mp4{query}"',
    ]
    for number, duration in enumerate(rendition.durations_ms):
        lines += [f"#EXTINF:{duration / 1000:.3f},", f"{number}.m4s{query}"]
    if rendition.ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join([*lines, ""])


def _query(link: str | None, version: str | None = None) -> str:
    """`version` keeps apart, in caches, segments that were made anew."""
    given = {"v": version, "link": link}
    query = urlencode({name: value for name, value in given.items() if value is not None})
    return f"?{query}" if query else ""
