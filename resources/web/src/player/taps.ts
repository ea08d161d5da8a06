/** Double taps on the picture: the left third goes back, the right third forward, each further tap again. Pure. */

const TAP_SECONDS = 10;
const AGAIN_MS = 320;

export interface Taps {
  side: "left" | "right" | "middle";
  atMs: number;
  /** How many taps have come on this side in a row. */
  count: number;
}

export interface Tapped {
  taps: Taps;
  /** Seconds to go, negative for back; 0 when this tap asks for nothing. */
  seconds: number;
  /** All seconds of the row so far, to show. */
  sum: number;
}

function sideOf(fraction: number): Taps["side"] {
  if (fraction < 1 / 3) return "left";
  return fraction > 2 / 3 ? "right" : "middle";
}

/** What a tap at `fraction` of the width means after the ones before it. */
export function tap(before: Taps | null, fraction: number, atMs: number): Tapped {
  const side = sideOf(fraction);
  const again = before !== null && before.side === side && atMs - before.atMs <= AGAIN_MS;
  const taps: Taps = { side, atMs, count: again ? before.count + 1 : 1 };
  if (!again || side === "middle") return { taps, seconds: 0, sum: 0 };
  const seconds = side === "left" ? -TAP_SECONDS : TAP_SECONDS;
  return { taps, seconds, sum: seconds * (taps.count - 1) };
}
