/** Estimates how fast bytes go out and how long the rest will take. Pure; the clock is given. */

const SMOOTHING_MS = 4000;
/** Estimates made from less are guesses. */
const SETTLED_MS = 1500;

export interface Rate {
  startedMs: number;
  atMs: number;
  bytes: number;
  bytesPerSecond: number;
}

export function startRate(bytes: number, nowMs: number): Rate {
  return { startedMs: nowMs, atMs: nowMs, bytes, bytesPerSecond: 0 };
}

/** Takes a new count into an average that forgets in about four seconds. */
export function updateRate(rate: Rate, bytes: number, nowMs: number): Rate {
  const elapsedMs = nowMs - rate.atMs;
  if (elapsedMs < 200 || bytes < rate.bytes) return bytes < rate.bytes ? startRate(bytes, nowMs) : rate;
  const now = ((bytes - rate.bytes) / elapsedMs) * 1000;
  const weight = rate.bytesPerSecond === 0 ? 1 : 1 - Math.exp(-elapsedMs / SMOOTHING_MS);
  return {
    ...rate,
    atMs: nowMs,
    bytes,
    bytesPerSecond: rate.bytesPerSecond + weight * (now - rate.bytesPerSecond),
  };
}

/** Seconds until `sizeBytes` are sent; null while it is too early to tell. */
export function secondsLeft(rate: Rate, sizeBytes: number): number | null {
  if (rate.atMs - rate.startedMs < SETTLED_MS || rate.bytesPerSecond <= 0) return null;
  return Math.max(0, sizeBytes - rate.bytes) / rate.bytesPerSecond;
}
