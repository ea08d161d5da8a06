/** Runs the uploads of this page: two at a time, on with the next when one ends, going on by itself after a break. */
import { effect } from "@preact/signals";
import { ApiError, api, type VideoChanges } from "../api/index.ts";
import { me, refreshMe } from "../app/session.ts";
import { sayError } from "../app/toast.ts";
import { sayProblem } from "../i18n/index.ts";
import { videosChanged } from "../videos/lists.ts";
import { followProgress } from "../videos/progress.ts";
import { itemForFile, type UploadItem } from "./item.ts";
import { advance, backOffMs, isWaitedOut, judgeFailure, nextAttempt, type UploadEvent } from "./machine.ts";
import { isSameFile } from "./names.ts";
import { preview } from "./preview.ts";
import { startRate, updateRate } from "./rate.ts";
import { recallUploads } from "./recall.ts";
import { forget, remember } from "./resume-store.ts";
import { pageIsNeeded, uploads } from "./store.ts";
import { discardTransfer, startTransfer, type Transfer } from "./transfer.ts";

const AT_ONCE = 2;
/** A file that is slow to draw is sent without waiting for its picture. */
const DRAWING_MS = 1500;

const transfers = new Map<UploadItem, Transfer>();
const timers = new Map<UploadItem, number>();
const followers = new Map<UploadItem, AbortController>();

function report(item: UploadItem, event: UploadEvent): void {
  item.state.value = advance(item.state.value, event);
}

function at(item: UploadItem) {
  return item.state.value.phase.at;
}

/** Starts what may start now, in the order of the list: the next one is waited for while it is looked at. */
function pump(): void {
  let free = AT_ONCE - transfers.size - timers.size;
  for (const item of uploads.value) {
    if (free <= 0 || at(item) === "checking") return;
    if (at(item) !== "waiting" || transfers.has(item)) continue;
    send(item);
    free -= 1;
  }
}

/** Lets go of what an item holds, so that the next can start. */
function release(item: UploadItem): void {
  transfers.get(item)?.stop();
  transfers.delete(item);
  clearTimeout(timers.get(item));
  timers.delete(item);
  item.rate.value = null;
}

function send(item: UploadItem): void {
  const { file, url } = item;
  if (!file) return;
  const title = item.title.value;
  const categoryId = item.categoryId.value;
  if (!url) item.told = { title, categoryId };
  report(item, { type: "started" });
  const metadata: Record<string, string> = { filename: file.name, filetype: file.type, title };
  if (categoryId) metadata.category_id = categoryId;
  const transfer = startTransfer(
    { file, url, metadata },
    {
      onUrl: (made) => {
        item.url = made;
        rememberItem(item);
        void refreshMe();
      },
      onSent: (bytes) => {
        const rate = item.rate.value;
        item.rate.value = rate
          ? updateRate(rate, bytes, performance.now())
          : startRate(bytes, performance.now());
        report(item, { type: "sent", bytes });
      },
      onArrived: (videoId) => {
        release(item);
        report(item, { type: "arrived", videoId });
        if (item.url) forget(item.url);
        pump();
        void afterArrival(item);
      },
      onFailed: (status, reason, retryAfterS) => {
        release(item);
        handleFailure(item, status, reason, retryAfterS, url !== null);
        pump();
      },
    },
  );
  transfers.set(item, transfer);
}

function rememberItem(item: UploadItem): void {
  const userId = me.value?.id;
  if (!userId || !item.url) return;
  remember({
    ...item.mark,
    url: item.url,
    userId,
    title: item.title.value,
    categoryId: item.categoryId.value,
    told: item.told,
    sentBytes: item.state.value.sentBytes,
  });
}

function handleFailure(
  item: UploadItem,
  status: number,
  reason: string,
  afterS: number | null,
  resuming: boolean,
): void {
  const judgement = judgeFailure(status, resuming, item.state.value);
  if (isWaitedOut(judgement)) {
    const waitMs = afterS === null ? backOffMs(nextAttempt(item.state.value)) : afterS * 1000;
    rememberItem(item);
    report(item, { type: "lost", untilMs: Date.now() + waitMs, why: judgement });
    timers.set(item, window.setTimeout(tryAgain, waitMs, item));
    return;
  }
  if (judgement !== "askAgain" && item.url) {
    forget(item.url);
    item.url = null;
  }
  if (judgement === "startOver") {
    report(item, { type: "lost", untilMs: Date.now(), why: "settling" });
    timers.set(item, window.setTimeout(tryAgain, 0, item));
    return;
  }
  report(item, { type: "failed", reason, canRetry: judgement === "askAgain" });
  void refreshMe();
}

function tryAgain(item: UploadItem): void {
  clearTimeout(timers.get(item));
  timers.delete(item);
  if (at(item) === "retrying") send(item);
}

/** Tells the server what was edited meanwhile and follows the encode to its end. */
async function afterArrival(item: UploadItem): Promise<void> {
  const { videoId } = item.state.value;
  void refreshMe();
  videosChanged();
  if (!videoId) return;
  const follower = new AbortController();
  followers.set(item, follower);
  try {
    await tellChanges(item);
    await followProgress(
      videoId,
      (progress) => report(item, { type: "progressed", progress }),
      follower.signal,
    );
    videosChanged();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    report(item, { type: "failed", reason: error.message, canRetry: false });
  } finally {
    followers.delete(item);
  }
}

/** Sends title and category when they differ from what the server knows. Before the video exists it waits for that. */
export async function tellChanges(item: UploadItem): Promise<void> {
  const { videoId } = item.state.value;
  const title = item.title.value.trim();
  const categoryId = item.categoryId.value;
  if (!videoId) {
    rememberItem(item);
    return;
  }
  const changes: VideoChanges = {};
  if (title && title !== item.told.title) changes.title = title;
  if (categoryId !== item.told.categoryId) changes.category_id = categoryId;
  if (Object.keys(changes).length === 0) return;
  try {
    await api.changeVideo(videoId, changes);
    item.told = { title: changes.title ?? item.told.title, categoryId };
  } catch (error) {
    sayError(error);
  }
}

/** Draws the card's picture; the file's length in seconds where this browser can tell. */
async function showPreview(item: UploadItem, file: File): Promise<number | null> {
  const { pictureUrl, durationS } = await preview(file);
  if (uploads.value.includes(item)) item.picture.value = pictureUrl;
  else if (pictureUrl) URL.revokeObjectURL(pictureUrl);
  return durationS;
}

function wait(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null));
}

async function check(item: UploadItem, file: File): Promise<void> {
  const durationS = await Promise.race([showPreview(item, file), wait(DRAWING_MS)]);
  if (!uploads.value.includes(item)) return;
  try {
    const duration = durationS === null ? {} : { duration: durationS };
    const verdict = await api.checkUpload({ filename: file.name, size: file.size, ...duration });
    // A full disk is waited for where the file is sent.
    if (verdict.accepted || verdict.code === "out_of_space") report(item, { type: "accepted" });
    else {
      const { code, reason } = verdict;
      report(item, { type: "refused", reason: sayProblem({ code: code ?? "", detail: reason ?? "" }) });
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Sending asks the same questions again and waits for the server where it has to.
    if (judgeFailure(error.status, false, item.state.value) === "final") {
      report(item, { type: "refused", reason: error.message });
    } else report(item, { type: "accepted" });
  }
  pump();
}

/** Takes chosen or dropped files in. Those known from before a reload go on; the names of doubles are given back. */
export function addFiles(files: readonly File[]): string[] {
  const doubles: string[] = [];
  for (const file of files) {
    const known = uploads.value.find((item) => isSameFile(item.mark, file) && at(item) !== "refused");
    if (!known) {
      const item = itemForFile(file);
      uploads.value = [...uploads.value, item];
      void check(item, file);
    } else if (at(known) === "unchosen") goOn(known, file);
    else doubles.push(file.name);
  }
  return doubles;
}

function goOn(item: UploadItem, file: File): void {
  item.file = file;
  report(item, { type: "accepted" });
  void showPreview(item, file);
  pump();
}

export function pause(item: UploadItem): void {
  release(item);
  report(item, { type: "paused" });
  rememberItem(item);
  pump();
}

export function resume(item: UploadItem): void {
  report(item, { type: "resumed" });
  pump();
}

/** Stops an upload and takes it from the list. What has arrived of an unfinished one is thrown away. */
export function remove(item: UploadItem): void {
  release(item);
  followers.get(item)?.abort();
  uploads.value = uploads.value.filter((other) => other !== item);
  if (item.picture.value) URL.revokeObjectURL(item.picture.value);
  if (item.url && !item.state.value.videoId) {
    forget(item.url);
    // One that the server cannot be told about now expires there by itself.
    discardTransfer(item.url).then(refreshMe, () => {});
  }
  pump();
}

let owner: string | null = null;

/** With the member the uploads change: those of the last one stop, and what this one left unfinished is shown. */
effect(() => {
  const member = me.value?.id ?? null;
  if (member === owner) return;
  owner = member;
  for (const item of uploads.peek()) {
    release(item);
    followers.get(item)?.abort();
  }
  if (member) recallUploads(member);
  else uploads.value = [];
});

function hurry(): void {
  for (const item of uploads.value) report(item, { type: "woken" });
  for (const item of [...timers.keys()]) tryAgain(item);
}

addEventListener("online", hurry);

// A phone whose screen was dark let its connections go.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) hurry();
});

addEventListener("pagehide", () => {
  for (const item of transfers.keys()) rememberItem(item);
});

addEventListener("beforeunload", (event) => {
  if (pageIsNeeded.value) event.preventDefault();
});
