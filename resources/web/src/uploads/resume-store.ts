/** Remembers unfinished uploads on this device, so that they go on after a reload. Holds no file contents. */
import type { FileMark } from "./names.ts";

export interface Unfinished extends FileMark {
  url: string;
  userId: string;
  title: string;
  categoryId: string | null;
  /** What the server was told when the upload was made. */
  told: { title: string; categoryId: string | null };
  sentBytes: number;
}

const STORED_UNDER = "clipset.uploads";

function read(): Unfinished[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_UNDER) ?? "[]");
    return Array.isArray(stored) ? (stored as Unfinished[]) : [];
  } catch {
    // Spoilt by hand or by another version: start anew.
    return [];
  }
}

function write(all: Unfinished[]): void {
  localStorage.setItem(STORED_UNDER, JSON.stringify(all));
}

export function unfinishedOf(userId: string): Unfinished[] {
  return read().filter((one) => one.userId === userId);
}

export function remember(one: Unfinished): void {
  write([...read().filter((other) => other.url !== one.url), one]);
}

export function forget(url: string): void {
  write(read().filter((one) => one.url !== url));
}
