/** One short sentence at the foot of the page, read out by screen readers, gone by itself. */
import { signal } from "@preact/signals";

const SHOWN_MS = 5000;

export interface Toast {
  text: string;
  tone: "plain" | "bad";
}

export const toast = signal<Toast | null>(null);
let timer = 0;

export function say(text: string, tone: Toast["tone"] = "plain"): void {
  clearTimeout(timer);
  toast.value = { text, tone };
  timer = window.setTimeout(() => {
    toast.value = null;
  }, SHOWN_MS);
}

export function sayError(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!(error instanceof Error)) throw error;
  say(error.message, "bad");
}
