"""Brings HDR pictures (PQ and HLG, BT.2020) to SDR (BT.709): a colour table for FFmpeg's `lut3d` filter.

Light up to half of SDR white is left alone, so that faces and mid-grey land where an SDR camera puts them (26
nits, an 18 % grey card, at 42 % of the signal: ITU-R BT.2408-7, table 1); what is brighter is rolled off into
the rest by the curve of ITU-R BT.2390-11, 5.4. FFmpeg's own perceptual mapping puts that grey at 31 %, its
relative one clips all above 203 nits (both measured with FFmpeg 8.1). A table costs the same whatever the
curve is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

_POINTS = 33
#: HDR reference white (BT.2408), which becomes SDR's white, and the brightest light that is still told apart.
_WHITE_NITS = 203.0
_PEAK_NITS = 1000.0
_SDR_GAMMA = 2.4  # ITU-R BT.1886
_HLG_GAMMA = 1.2  # ITU-R BT.2100, system gamma of a 1000 nit display
_LUMA_2020 = (0.2627, 0.6780, 0.0593)
#: Linear BT.2020 to linear BT.709 (ITU-R BT.2087).
_TO_709 = (
    (1.6605, -0.5876, -0.0728),
    (-0.1246, 1.1329, -0.0083),
    (-0.0182, -0.1006, 1.1187),
)

Triple = tuple[float, float, float]


def write_table(path: Path, transfer: Literal["pq", "hlg"]) -> None:
    """Write the table as a .cube file (Adobe's Cube LUT specification 1.0): R'G'B' in, R'G'B' out, red
    changing fastest.
    """
    steps = [index / (_POINTS - 1) for index in range(_POINTS)]
    to_nits = _pq_to_nits if transfer == "pq" else _hlg_to_nits
    single = [_pq_to_linear(step) if transfer == "pq" else _hlg_to_scene(step) for step in steps]
    lines = [f"LUT_3D_SIZE {_POINTS}"]
    for blue in single:
        for green in single:
            for red in single:
                out = _to_sdr(to_nits((red, green, blue)))
                lines.append(f"{out[0]:.5f} {out[1]:.5f} {out[2]:.5f}")
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def _pq_to_linear(signal: float) -> float:
    """Light of 0 to 1, 1 being 10,000 nits (SMPTE ST 2084)."""
    powered = signal ** (1 / 78.84375)
    ratio = max(powered - 0.8359375, 0.0) / (18.8515625 - 18.6875 * powered)
    return float(ratio ** (1 / 0.1593017578125))


def _linear_to_pq(light: float) -> float:
    powered = light**0.1593017578125
    return float(((0.8359375 + 18.8515625 * powered) / (1 + 18.6875 * powered)) ** 78.84375)


def _hlg_to_scene(signal: float) -> float:
    """Scene light of 0 to 1 (ITU-R BT.2100, table 5)."""
    if signal <= 0.5:
        return signal * signal / 3
    return float((2.718281828459045 ** ((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12)


def _pq_to_nits(light: Triple) -> Triple:
    return light[0] * 10_000, light[1] * 10_000, light[2] * 10_000


def _hlg_to_nits(scene: Triple) -> Triple:
    """Display light of a 1000 nit screen: the OOTF of BT.2100."""
    luma = sum(weight * value for weight, value in zip(_LUMA_2020, scene, strict=True))
    gain = _PEAK_NITS * luma ** (_HLG_GAMMA - 1) if luma > 0 else 0.0
    return scene[0] * gain, scene[1] * gain, scene[2] * gain


def _to_sdr(nits: Triple) -> Triple:
    """The brightest of the three is rolled off and takes the others along, so that colours keep their hue."""
    brightest = max(nits)
    if brightest <= 0:
        return 0.0, 0.0, 0.0
    gain = _roll_off(brightest) / brightest / _WHITE_NITS
    linear = [value * gain for value in nits]
    mixed = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in _TO_709]
    red, green, blue = (min(1.0, max(0.0, value)) ** (1 / _SDR_GAMMA) for value in mixed)
    return red, green, blue


def _roll_off_between(peak_nits: float, white_nits: float) -> Callable[[float], float]:
    """The curve of BT.2390 from light of at most `peak_nits` to light of at most `white_nits`."""
    top = _linear_to_pq(peak_nits / 10_000)
    most = _linear_to_pq(white_nits / 10_000) / top
    knee = 1.5 * most - 0.5

    def roll_off(nits: float) -> float:
        signal = min(1.0, _linear_to_pq(nits / 10_000) / top)
        if signal < knee:
            return nits
        t = (signal - knee) / (1 - knee)
        eased = (
            (2 * t**3 - 3 * t**2 + 1) * knee
            + (t**3 - 2 * t**2 + t) * (1 - knee)
            + (-2 * t**3 + 3 * t**2) * most
        )
        return _pq_to_linear(eased * top) * 10_000

    return roll_off


_roll_off = _roll_off_between(_PEAK_NITS, _WHITE_NITS)
