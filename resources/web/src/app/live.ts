/** Hears from the server what has changed, while this page is being looked at. Without it everything is polled. */
import { effect, signal } from "@preact/signals";
import type { Quota, Video } from "../api/index.ts";
import { EVENTS } from "../api/index.ts";
import { patchInLists, videosChanged } from "../videos/lists.ts";
import { me } from "./session.ts";

/** A server that has no events is asked again this rarely. */
const AGAIN_MS = 60_000;
/** Several changes in a row are one reason to read the list again. */
const GATHER_MS = 400;

/** Whether news arrive by themselves now. */
export const live = signal(false);

const news = new EventTarget();

/** Calls `listener` whenever there is news of a video, until the returned function is called. */
export function onNewsOf(videoId: string, listener: () => void): () => void {
  news.addEventListener(videoId, listener);
  return () => news.removeEventListener(videoId, listener);
}

type VideoNews = Pick<Video, "id" | "status" | "progress" | "watchable_ms">;

function read<T>(event: Event): T {
  return JSON.parse((event as MessageEvent<string>).data) as T;
}

let gathering = 0;

function libraryChanged(): void {
  clearTimeout(gathering);
  gathering = window.setTimeout(videosChanged, GATHER_MS);
}

function listen(): () => void {
  let timer = 0;
  const source = new EventSource(EVENTS);
  source.addEventListener("open", () => {
    live.value = true;
  });
  source.addEventListener("error", () => {
    live.value = false;
    // While it is "connecting" the browser tries again by itself.
    if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(reopen, AGAIN_MS);
  });
  source.addEventListener("video", (event) => {
    const video = read<VideoNews>(event);
    if (patchInLists(video)) libraryChanged();
    news.dispatchEvent(new Event(video.id));
  });
  source.addEventListener("job", (event) => {
    news.dispatchEvent(new Event(read<{ video_id: string }>(event).video_id));
  });
  source.addEventListener("quota", (event) => {
    if (me.value) me.value = { ...me.value, quota: read<Quota>(event) };
  });
  source.addEventListener("library", libraryChanged);
  return () => {
    clearTimeout(timer);
    source.close();
    live.value = false;
  };
}

let stop: (() => void) | null = null;

function close(): void {
  stop?.();
  stop = null;
}

function reopen(): void {
  close();
  // A browser opens six connections to a server at most: tabs that nobody sees must not hold one each.
  if (me.peek() && !document.hidden) stop = listen();
}

/** Listens while somebody is signed in and the page is visible. */
export function startLive(): void {
  let member: string | undefined;
  effect(() => {
    if (me.value?.id === member) return;
    member = me.value?.id;
    reopen();
  });
  document.addEventListener("visibilitychange", () => {
    reopen();
    if (!document.hidden && me.peek()) libraryChanged();
  });
}
