/** What one does to several uploads at once: their order, pausing and going on, clearing away what is done. */
import type { UploadItem } from "./item.ts";
import { isUnderWay } from "./machine.ts";
import { pause, remove, resume } from "./queue.ts";
import { uploads } from "./store.ts";

const at = (item: UploadItem) => item.state.value.phase.at;

export const isPausable = (item: UploadItem): boolean =>
  ["waiting", "sending", "retrying"].includes(at(item));

/** Puts a waiting upload before the others that wait. */
export function sendFirst(item: UploadItem): void {
  const rest = uploads.value.filter((other) => other !== item);
  const first = rest.findIndex((other) => at(other) === "waiting");
  uploads.value = first < 0 ? uploads.value : [...rest.slice(0, first), item, ...rest.slice(first)];
}

/** Whether another one waits before it. */
export function isBehind(item: UploadItem): boolean {
  return at(item) === "waiting" && uploads.value.find((other) => at(other) === "waiting") !== item;
}

export function pauseAll(): void {
  // Those that wait first: pausing one that is sent would start the next.
  for (const item of uploads.value.filter((one) => at(one) === "waiting")) pause(item);
  for (const item of uploads.value.filter(isPausable)) pause(item);
}

export function resumeAll(): void {
  for (const item of uploads.value.filter((one) => at(one) === "paused")) resume(item);
}

export const isSettled = (item: UploadItem): boolean => at(item) === "done" || at(item) === "refused";

export function clearSettled(): void {
  for (const item of uploads.value.filter((one) => isSettled(one) && !isUnderWay(one.state.value)))
    remove(item);
}
