import { describe, expect, it } from "vitest";
import {
  advance,
  backOffMs,
  isUnderWay,
  isWaitedOut,
  judgeFailure,
  needsThePage,
  newUpload,
  nextAttempt,
  type UploadEvent,
  type UploadState,
} from "../src/uploads/machine.ts";

const SIZE = 1000;
const fresh = () => newUpload(SIZE, "checking");
const run = (events: UploadEvent[], from: UploadState = fresh()) => events.reduce(advance, from);

const accepted: UploadEvent = { type: "accepted" };
const started: UploadEvent = { type: "started" };
const sent = (bytes: number): UploadEvent => ({ type: "sent", bytes });
const lost: UploadEvent = { type: "lost", untilMs: 5000, why: "lost" };
const arrived: UploadEvent = { type: "arrived", videoId: "v1" };
const progressed = (state: "queued" | "running" | "done" | "failed", percent = 0): UploadEvent => ({
  type: "progressed",
  progress: {
    state,
    percent,
    speed: null,
    eta_ms: 9000,
    place: 3,
    watchable_ms: 0,
    error: state === "failed" ? "No picture." : null,
  },
});

describe("an upload's life", () => {
  it.each<[string, UploadEvent[], string]>([
    ["is looked at", [], "checking"],
    ["is refused before a byte is sent", [{ type: "refused", reason: "Too large." }], "refused"],
    ["waits for its turn", [accepted], "waiting"],
    ["is sent", [accepted, started, sent(1)], "sending"],
    ["is paused", [accepted, started, sent(1), { type: "paused" }], "paused"],
    ["waits again when it goes on", [accepted, started, { type: "paused" }, { type: "resumed" }], "waiting"],
    ["is paused while it waits", [accepted, { type: "paused" }], "paused"],
    ["waits out a lost connection", [accepted, started, lost], "retrying"],
    ["is paused while it waits out", [accepted, started, lost, { type: "paused" }], "paused"],
    ["sends again after a loss", [accepted, started, lost, started, sent(5)], "sending"],
    ["has arrived", [accepted, started, arrived], "finishing"],
    ["waits for the encoder", [accepted, started, arrived, progressed("queued")], "queued"],
    ["is got ready", [accepted, started, arrived, progressed("running", 5)], "preparing"],
    ["can be watched", [accepted, started, arrived, progressed("done")], "done"],
    ["could not be made playable", [accepted, started, arrived, progressed("failed")], "failed"],
    [
      "goes on after somebody signed in again",
      [accepted, started, { type: "failed", reason: "", canRetry: true }, { type: "resumed" }],
      "waiting",
    ],
    [
      "stays failed where nothing helps",
      [{ type: "failed", reason: "", canRetry: false }, { type: "resumed" }],
      "failed",
    ],
  ])("%s", (_, events, at) => {
    expect(run(events).phase.at).toBe(at);
  });

  it("ignores a byte count that comes after the pause", () => {
    expect(run([accepted, started, { type: "paused" }, sent(10)]).phase.at).toBe("paused");
  });

  it("carries the sentence of a failed encode", () => {
    const { phase } = run([accepted, started, arrived, progressed("failed")]);
    expect(phase).toEqual({ at: "failed", reason: "No picture.", canRetry: false });
  });

  it("counts the attempts until a byte goes through again", () => {
    const twice = run([accepted, started, lost, started, lost]);
    expect(twice.phase).toMatchObject({ at: "retrying", attempt: 2 });
    expect(nextAttempt(run([{ type: "woken" }], twice))).toBe(1);
    expect(run([started, sent(3), lost], twice).phase).toMatchObject({ at: "retrying", attempt: 1 });
  });
});

describe("the bar", () => {
  it("goes from sending to encoding without jumping back", () => {
    const events = [accepted, started, sent(600), sent(300), lost, started, sent(310), sent(1000), arrived];
    const encode = [0, 40, 20, 100].map((percent) => progressed("running", percent));
    let state = fresh();
    const shown = [...events, progressed("queued"), ...encode, progressed("done")].map((event) => {
      state = advance(state, event);
      return state.percent;
    });
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown.at(-1)).toBe(100);
    expect(shown.at(-2)).toBeLessThan(100);
  });

  it("starts where an upload from before a reload was", () => {
    expect(newUpload(SIZE, "unchosen", 500).percent).toBe(25);
    expect(newUpload(0, "checking").percent).toBe(0);
  });

  it("never counts more than the file has", () => {
    expect(run([accepted, started, sent(5000)]).sentBytes).toBe(SIZE);
  });
});

describe("leaving the page", () => {
  it.each<[string, UploadEvent[], boolean, boolean]>([
    ["while it is sent", [accepted, started], true, true],
    ["while it is paused", [accepted, started, { type: "paused" }], true, false],
    ["while it is encoded", [accepted, started, arrived, progressed("running")], false, true],
    ["when it is done", [accepted, started, arrived, progressed("done")], false, false],
    ["when it was refused", [{ type: "refused", reason: "" }], false, false],
  ])("%s", (_, events, needed, moving) => {
    expect(needsThePage(run(events))).toBe(needed);
    expect(isUnderWay(run(events))).toBe(moving);
  });

  it("is free for what a reload left behind", () => {
    expect(needsThePage(newUpload(SIZE, "unchosen", 5))).toBe(false);
  });
});

describe("failures", () => {
  it("are waited out longer and longer", () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(backOffMs)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  const half: UploadState = { ...fresh(), sentBytes: 500 };
  const whole: UploadState = { ...fresh(), sentBytes: SIZE };
  it.each([
    [0, false, half, "lost"],
    [409, true, half, "settling"],
    [423, true, half, "settling"],
    [429, false, half, "busy"],
    [500, true, half, "busy"],
    [503, true, half, "busy"],
    [507, true, half, "full"],
    [507, false, half, "full"],
    [401, true, half, "askAgain"],
    [404, true, half, "startOver"],
    [410, true, half, "startOver"],
    [404, true, whole, "askAgain"],
    [404, false, half, "final"],
    [413, false, half, "final"],
    [415, true, whole, "final"],
  ] as const)("status %d (resuming: %s)", (status, resuming, state, judgement) => {
    expect(judgeFailure(status, resuming, state)).toBe(judgement);
  });

  it.each([
    ["lost", true],
    ["busy", true],
    ["settling", true],
    ["full", true],
    ["startOver", false],
    ["askAgain", false],
    ["final", false],
  ] as const)("%s: goes on by itself after a while: %s", (judgement, waits) => {
    expect(isWaitedOut(judgement)).toBe(waits);
  });
});
