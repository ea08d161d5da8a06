/** Draws a picture of a chosen file at once, in the browser, and reads how long it lasts. */

export interface Preview {
  pictureUrl: string | null;
  durationS: number | null;
}

const NOTHING: Preview = { pictureUrl: null, durationS: null };
const PATIENCE_MS = 6000;
const WIDTH_PX = 320;

function once(target: EventTarget, type: string, failure: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    target.addEventListener(type, () => resolve(), { once: true, signal: failure });
    failure.addEventListener("abort", () => reject(failure.reason));
  });
}

async function draw(video: HTMLVideoElement): Promise<string | null> {
  if (!video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH_PX;
  canvas.height = Math.round((WIDTH_PX * video.videoHeight) / video.videoWidth);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  return blob && URL.createObjectURL(blob);
}

/**
 * A picture from one second in, and the length. Files this browser cannot decode give nothing: the server still may.
 * The caller revokes the picture's address.
 */
export async function preview(file: File): Promise<Preview> {
  const video = document.createElement("video");
  const failure = new AbortController();
  const timer = setTimeout(() => failure.abort(new Error("too slow")), PATIENCE_MS);
  video.addEventListener("error", () => failure.abort(new Error("not decodable here")));
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  const source = URL.createObjectURL(file);
  let durationS: number | null = null;
  try {
    const loaded = once(video, "loadeddata", failure.signal);
    video.src = source;
    await loaded;
    durationS = Number.isFinite(video.duration) ? video.duration : null;
    const seeked = once(video, "seeked", failure.signal);
    video.currentTime = Math.min(1, (durationS ?? 2) / 2);
    await seeked;
    return { pictureUrl: await draw(video), durationS };
  } catch {
    // The reason does not matter to anyone: the card shows a drawing instead of a picture.
    return { ...NOTHING, durationS };
  } finally {
    clearTimeout(timer);
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(source);
  }
}
