/** Follows a video while it is got ready: asks when there is news of it, and now and then where there are none. */
import { ApiError, api, type JobState, UNREACHABLE, type VideoProgress } from "../api/index.ts";
import { live, onNewsOf } from "../app/live.ts";

const RUNNING_MS = 1000;
const WAITING_MS = 2500;
const HIDDEN_MS = 10_000;
/** While news come by themselves, asking is only for what they may have missed. */
const LIVE_MS = 10_000;
/** However often there is news, a person reads no faster. */
const SHORTEST_MS = 500;

const SETTLED: readonly JobState[] = ["done", "failed", "cancelled"];

export const isSettled = (state: JobState) => SETTLED.includes(state);

function pause(ms: number, videoId: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const wake = () => {
      clearTimeout(timer);
      clearTimeout(soon);
      stopNews();
      document.removeEventListener("visibilitychange", wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    let soon = 0;
    const stopNews = onNewsOf(videoId, () => {
      soon ||= window.setTimeout(wake, Math.max(0, SHORTEST_MS - (performance.now() - startedMs)));
    });
    document.addEventListener("visibilitychange", wake);
    signal.addEventListener("abort", wake);
  });
}

/**
 * Tells `listener` each change until the work has ended, or `signal` aborts. A silent server is asked again; throws
 * ApiError for what will not pass, such as a deleted video.
 */
export async function followProgress(
  videoId: string,
  listener: (progress: VideoProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  let etag: string | null = null;
  let wait = RUNNING_MS;
  while (!signal.aborted) {
    try {
      const answer = await api.progress(videoId, etag, signal);
      etag = answer.etag;
      if (answer.value && !signal.aborted) {
        listener(answer.value);
        if (isSettled(answer.value.state)) return;
        wait = answer.value.state === "queued" ? WAITING_MS : RUNNING_MS;
      }
    } catch (error) {
      if (signal.aborted) return;
      const passing =
        error instanceof ApiError &&
        (error.code === UNREACHABLE || error.status >= 500 || error.status === 429);
      if (!passing) throw error;
      wait = WAITING_MS;
    }
    const restMs = live.peek() ? LIVE_MS : wait;
    await pause(document.hidden ? HIDDEN_MS : restMs, videoId, signal);
  }
}
