/**
 * The life of one upload as a pure state machine. Does nothing itself: queue.ts does, and reports events.
 *
 *   checking → refused | waiting → sending ⇄ paused | retrying
 *   sending → finishing → queued → preparing → done | failed
 *   unchosen (known from before a reload) → waiting, once the same file is chosen again
 */
import type { VideoProgress } from "../api/index.ts";

/** The part of the bar that sending fills; getting ready fills the rest. */
const SENDING_SHARE = 50;

/** `settling`: the server still holds what an earlier connection was sending. `full`: its disk has no room just now. */
export type RetryReason = "lost" | "busy" | "settling" | "full";

export type Phase =
  | { at: "unchosen" }
  | { at: "checking" }
  | { at: "refused"; reason: string }
  | { at: "waiting" }
  | { at: "sending" }
  | { at: "paused" }
  | { at: "retrying"; attempt: number; untilMs: number; why: RetryReason }
  | { at: "finishing" }
  | { at: "queued"; place: number | null }
  | { at: "preparing"; percent: number; etaMs: number | null; watchable: boolean }
  | { at: "done" }
  | { at: "failed"; reason: string; canRetry: boolean };

export interface UploadState {
  phase: Phase;
  sizeBytes: number;
  sentBytes: number;
  /** What the bar shows, 0 to 100. Never goes back. */
  percent: number;
  videoId: string | null;
}

export type UploadEvent =
  | { type: "accepted" }
  | { type: "refused"; reason: string }
  | { type: "started" }
  | { type: "sent"; bytes: number }
  | { type: "paused" }
  | { type: "resumed" }
  | { type: "lost"; untilMs: number; why: RetryReason }
  | { type: "woken" }
  | { type: "arrived"; videoId: string | null }
  | { type: "progressed"; progress: VideoProgress }
  | { type: "failed"; reason: string; canRetry: boolean };

export function newUpload(sizeBytes: number, at: "checking" | "unchosen", sentBytes = 0): UploadState {
  const state: UploadState = { phase: { at }, sizeBytes, sentBytes, percent: 0, videoId: null };
  return { ...state, percent: sendingPercent(state) };
}

function sendingPercent({ sizeBytes, sentBytes }: UploadState): number {
  return sizeBytes > 0 ? (Math.min(sentBytes, sizeBytes) / sizeBytes) * SENDING_SHARE : 0;
}

function barPercent(state: UploadState): number {
  switch (state.phase.at) {
    case "done":
      return 100;
    case "finishing":
    case "queued":
      return SENDING_SHARE;
    case "preparing":
      // The last percent is shown by `done` alone.
      return Math.min(99, SENDING_SHARE + (state.phase.percent / 100) * (100 - SENDING_SHARE));
    default:
      return sendingPercent(state);
  }
}

function phaseOf(progress: VideoProgress): Phase {
  switch (progress.state) {
    case "queued":
      return { at: "queued", place: progress.place };
    case "running":
      return {
        at: "preparing",
        percent: progress.percent,
        etaMs: progress.eta_ms,
        watchable: progress.watchable_ms > 0,
      };
    case "pausing":
    case "paused":
      return { at: "queued", place: null };
    case "done":
      return { at: "done" };
    default:
      return { at: "failed", reason: progress.error ?? "", canRetry: false };
  }
}

function nextPhase(state: UploadState, event: UploadEvent): Phase {
  const { phase } = state;
  switch (event.type) {
    case "accepted":
      return phase.at === "checking" || phase.at === "unchosen" ? { at: "waiting" } : phase;
    case "refused":
      return { at: "refused", reason: event.reason };
    case "started":
      return phase.at === "waiting" || phase.at === "retrying" ? withAttempt(phase) : phase;
    case "sent":
      return phase.at === "retrying" || phase.at === "sending" ? { at: "sending" } : phase;
    case "paused":
      return isSendingAtAll(phase) ? { at: "paused" } : phase;
    case "resumed":
      return phase.at === "paused" || (phase.at === "failed" && phase.canRetry) ? { at: "waiting" } : phase;
    case "lost": {
      if (!isSendingAtAll(phase)) return phase;
      return { at: "retrying", attempt: nextAttempt(state), untilMs: event.untilMs, why: event.why };
    }
    case "woken":
      return phase.at === "retrying" ? { ...phase, attempt: 0 } : phase;
    case "arrived":
      return { at: "finishing" };
    case "progressed":
      return phaseOf(event.progress);
    case "failed":
      return { at: "failed", reason: event.reason, canRetry: event.canRetry };
  }
}

/** A new attempt is `retrying` until a byte has gone through, so that the back-off grows. */
function withAttempt(phase: Phase): Phase {
  return phase.at === "retrying" ? { ...phase, untilMs: 0 } : { at: "sending" };
}

/** The number of the attempt that a loss now leads to, from 1. A device that woke counts anew: its network is new too. */
export function nextAttempt({ phase }: UploadState): number {
  return phase.at === "retrying" ? phase.attempt + 1 : 1;
}

function isSendingAtAll(phase: Phase): boolean {
  return phase.at === "sending" || phase.at === "retrying" || phase.at === "waiting";
}

/** The state after an event. Events that come too late (a byte count after a pause) change nothing but the count. */
export function advance(state: UploadState, event: UploadEvent): UploadState {
  const next: UploadState = { ...state, phase: nextPhase(state, event) };
  if (event.type === "sent") next.sentBytes = Math.min(state.sizeBytes, event.bytes);
  if (event.type === "arrived") {
    next.videoId = event.videoId;
    next.sentBytes = state.sizeBytes;
  }
  next.percent = Math.max(state.percent, barPercent(next));
  return next;
}

/** Whether closing the page now would stop this upload. */
export function needsThePage({ phase }: UploadState): boolean {
  return (
    phase.at === "checking" || phase.at === "finishing" || phase.at === "paused" || isSendingAtAll(phase)
  );
}

/** Whether it still moves or will by itself. */
export function isUnderWay({ phase }: UploadState): boolean {
  return !["unchosen", "refused", "paused", "done", "failed"].includes(phase.at);
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait before attempt number `attempt` (from 1): doubling from 1 s to 30 s. */
export function backOffMs(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
}

export type Judgement = RetryReason | "startOver" | "askAgain" | "final";

/** Whether an upload goes on by itself after a while. */
export function isWaitedOut(judgement: Judgement): judgement is RetryReason {
  return judgement !== "startOver" && judgement !== "askAgain" && judgement !== "final";
}

/** What a failed request means for an upload, from its status (0: no answer). */
export function judgeFailure(
  status: number,
  wasResuming: boolean,
  { sentBytes, sizeBytes }: UploadState,
): Judgement {
  if (status === 0) return "lost";
  if (status === 409 || status === 423) return "settling";
  if (status === 429 || status === 503) return "busy";
  // The server has forgotten the upload: it was too old. After the last byte it may as well have refused the file.
  if (wasResuming && (status === 404 || status === 410))
    return sentBytes < sizeBytes ? "startOver" : "askAgain";
  if (status === 507) return "full";
  // An ended session: somebody must act, then it can go on.
  if (status === 401) return "askAgain";
  return status >= 500 ? "busy" : "final";
}
