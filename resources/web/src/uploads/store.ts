/** Which uploads there are, for the parts of the client that only show them. The work is queue.ts's, loaded later. */
import { computed, signal } from "@preact/signals";
import type { UploadItem } from "./item.ts";
import { isUnderWay, needsThePage } from "./machine.ts";

export const uploads = signal<readonly UploadItem[]>([]);

/** Files dropped on another page, waiting for the upload page to take them. */
export const droppedFiles = signal<readonly File[]>([]);

/** 0 to 100 over everything under way; null when nothing is. */
export const overallPercent = computed(() => {
  const moving = uploads.value.filter((item) => isUnderWay(item.state.value));
  if (moving.length === 0) return null;
  return moving.reduce((sum, item) => sum + item.state.value.percent, 0) / moving.length;
});

/** Whether leaving the page would stop an upload. */
export const pageIsNeeded = computed(() => uploads.value.some((item) => needsThePage(item.state.value)));

/** Bytes of uploads that the server has not reserved yet. */
export const unreservedBytes = computed(() =>
  uploads.value
    .filter((item) => ["checking", "waiting"].includes(item.state.value.phase.at) && !item.url)
    .reduce((sum, item) => sum + item.mark.size, 0),
);
