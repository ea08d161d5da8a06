/** When this member was last here on this device, so that what has come since can be marked. */
import { effect, signal } from "@preact/signals";
import type { Video } from "../api/index.ts";
import { me } from "../app/session.ts";

/** A pause shorter than this is the same visit. */
const PAUSE_MS = 30 * 60_000;

interface Visits {
  /** The end of the visit before this one; null on the first. */
  before: number | null;
  last: number;
}

/** What is remembered after a look at `nowMs`. Pure. */
export function nextVisits(known: Visits | null, nowMs: number): Visits {
  if (!known) return { before: null, last: nowMs };
  return { before: nowMs - known.last > PAUSE_MS ? known.last : known.before, last: nowMs };
}

function readVisits(text: string | null): Visits | null {
  try {
    const stored = JSON.parse(text ?? "null") as Partial<Visits> | null;
    return typeof stored?.last === "number" ? { before: stored.before ?? null, last: stored.last } : null;
  } catch {
    // Spoilt by hand: as if never here.
    return null;
  }
}

const newSince = signal<number | null>(null);
const keyOf = (member: string) => `clipset.visits.${member}`;

function look(): void {
  const member = me.peek()?.id;
  if (!member || document.hidden) return;
  const visits = nextVisits(readVisits(localStorage.getItem(keyOf(member))), Date.now());
  localStorage.setItem(keyOf(member), JSON.stringify(visits));
  newSince.value = visits.before;
}

export function startVisits(): void {
  effect(() => {
    if (me.value?.id) look();
  });
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", look);
}

/** Whether somebody else has put it here since the last visit. */
export function isNew(video: Video): boolean {
  const since = newSince.value;
  return since !== null && Date.parse(video.created_at) > since && video.uploaded_by !== me.value?.id;
}
