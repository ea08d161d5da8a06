/** Where a member stopped: from where to go on, and telling the server every now and then. */
import { useEffect } from "preact/hooks";
import { ApiError, api } from "../api/index.ts";

/** The server keeps positions in memory first, but a request is a request. */
const KEEP_EVERY_MS = 10_000;
/** Standing still for less is not worth telling whoever runs the server. */
const WAITS_AFTER_MS = 1000;
/** Going on after less is no going on, and so near to the end there is nothing left. */
const FIRST_MS = 5000;
const LAST_SHARE = 0.95;

/** The second to start at: what the address asks for, else where one stopped, else the beginning. Pure. */
export function startOf(askedS: number | null, positionMs: number, durationS: number | null): number {
  if (askedS !== null) return askedS;
  if (positionMs < FIRST_MS) return 0;
  return durationS !== null && positionMs > durationS * 1000 * LAST_SHARE ? 0 : positionMs / 1000;
}

/** Reads "83" or "1m23s" of `?t=`; null for anything else. Pure. */
export function readTime(text: string | undefined): number | null {
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/.exec(text ?? "");
  if (!text || !parts) return null;
  const [hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** Keeps the position of `video` as it plays, stands still, pauses, ends or is left. `id` null keeps nothing. */
export function useKeptPosition(id: string | null, video: HTMLVideoElement | null): void {
  useEffect(() => {
    if (!id || !video) return;
    let told = -1;
    let toldAtMs = performance.now();
    let waits = false;
    let patience = 0;
    let over = false;
    const say = (nowWaits: boolean) => {
      clearTimeout(patience);
      const positionMs = Math.floor(video.currentTime * 1000);
      if (over || (positionMs === told && nowWaits === waits)) return;
      // Before the first frame the element stands at 0, wherever one stopped.
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
      told = positionMs;
      waits = nowWaits;
      toldAtMs = performance.now();
      api.keepPosition(id, positionMs, waits).catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        // The next one says it again; a server that keeps no positions, or a deleted video, is asked no more.
        over = error.status === 404;
      });
    };
    const tell = () => say(false);
    const stood = () => {
      clearTimeout(patience);
      patience = window.setTimeout(say, WAITS_AFTER_MS, true);
    };
    const goesOn = () => {
      clearTimeout(patience);
      if (waits) tell();
    };
    const now = () => {
      if (!video.paused && performance.now() - toldAtMs >= KEEP_EVERY_MS) tell();
    };
    const leave = () => {
      if (document.hidden) tell();
    };
    video.addEventListener("timeupdate", now);
    video.addEventListener("waiting", stood);
    video.addEventListener("playing", goesOn);
    video.addEventListener("pause", tell);
    video.addEventListener("ended", tell);
    document.addEventListener("visibilitychange", leave);
    addEventListener("pagehide", tell);
    return () => {
      video.removeEventListener("timeupdate", now);
      video.removeEventListener("waiting", stood);
      video.removeEventListener("playing", goesOn);
      video.removeEventListener("pause", tell);
      video.removeEventListener("ended", tell);
      document.removeEventListener("visibilitychange", leave);
      removeEventListener("pagehide", tell);
      tell();
    };
  }, [id, video]);
}
