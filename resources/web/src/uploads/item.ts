/** One upload as the page shows it: its state, and what the person can change while it runs. */
import { type Signal, signal } from "@preact/signals";
import { newUpload, type UploadState } from "./machine.ts";
import { type FileMark, titleFromFilename } from "./names.ts";
import type { Rate } from "./rate.ts";
import type { Unfinished } from "./resume-store.ts";

export interface UploadItem {
  readonly id: number;
  readonly mark: FileMark;
  readonly state: Signal<UploadState>;
  readonly title: Signal<string>;
  readonly categoryId: Signal<string | null>;
  /** An object URL of the first picture, or of the card's drawing when null. */
  readonly picture: Signal<string | null>;
  readonly rate: Signal<Rate | null>;
  /** Null until chosen again after a reload. */
  file: File | null;
  /** Where its bytes go on the server, once it is known there. */
  url: string | null;
  /** What the server was told when the upload was made, to see later what has changed since. */
  told: { title: string; categoryId: string | null };
}

let made = 0;

function make(mark: FileMark, state: UploadState, title: string, categoryId: string | null): UploadItem {
  made += 1;
  return {
    id: made,
    mark,
    state: signal(state),
    title: signal(title),
    categoryId: signal(categoryId),
    picture: signal<string | null>(null),
    rate: signal<Rate | null>(null),
    file: null,
    url: null,
    told: { title, categoryId },
  };
}

export function itemForFile(file: File): UploadItem {
  const mark = { name: file.name, size: file.size, lastModified: file.lastModified };
  const item = make(mark, newUpload(file.size, "checking"), titleFromFilename(file.name), null);
  item.file = file;
  return item;
}

export function itemFromMemory(known: Unfinished): UploadItem {
  const { name, size, lastModified, title, categoryId, sentBytes, url, told } = known;
  const state = newUpload(size, "unchosen", sentBytes);
  const item = make({ name, size, lastModified }, state, title, categoryId);
  item.url = url;
  item.told = told;
  return item;
}
