/** What this member has begun to watch and not finished, newest first. */
import { computed, effect, signal } from "@preact/signals";
import { ApiError, api, type StartedVideo } from "../api/index.ts";
import { me } from "../app/session.ts";

/** Null until the first answer. A server without positions gives an empty list. */
export const started = signal<StartedVideo[] | null>(null);

/** How much of a video has been watched, 0 to 1, by its id. */
export const watchedShares = computed(
  () =>
    new Map(
      started.value?.map(({ video, position_ms }) => [
        video.id,
        video.duration ? Math.min(1, position_ms / 1000 / video.duration) : 0,
      ]),
    ),
);

export async function refreshStarted(): Promise<void> {
  try {
    started.value = (await api.started()).items;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // It is an extra: what was known stays, and nothing stands in the way of the library.
    started.value ??= [];
  }
}

let owner: string | undefined;

effect(() => {
  if (me.value?.id === owner) return;
  owner = me.value?.id;
  started.value = null;
});
