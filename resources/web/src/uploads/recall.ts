/** Brings back the uploads that a closed page left unfinished, with what the server really has of them. */
import { ApiError, api } from "../api/index.ts";
import { itemFromMemory, type UploadItem } from "./item.ts";
import { newUpload } from "./machine.ts";
import { forget, unfinishedOf } from "./resume-store.ts";
import { uploads } from "./store.ts";

/** Shows the uploads of a member that can go on. The browser's own count runs ahead of what has arrived. */
export function recallUploads(userId: string): void {
  const items = unfinishedOf(userId).map(itemFromMemory);
  uploads.value = items;
  for (const item of items) void askServer(item);
}

async function askServer(item: UploadItem): Promise<void> {
  if (!item.url) return;
  try {
    const { offsetBytes, videoId } = await api.uploadOffset(item.url);
    if (videoId) drop(item, item.url);
    else if (item.state.value.phase.at === "unchosen") {
      item.state.value = newUpload(item.mark.size, "unchosen", offsetBytes);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Expired or thrown away there; any other answer leaves the card, and sending will tell.
    if (error.status === 404 || error.status === 410) drop(item, item.url);
  }
}

function drop(item: UploadItem, url: string): void {
  forget(url);
  uploads.value = uploads.value.filter((other) => other !== item);
}
