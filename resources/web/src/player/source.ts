/** Puts what is to be played into a `<video>`: a finished file, or one that still grows, for which hls.js is loaded. */

export interface Source {
  url: string;
  /** Set for a playlist: how long the whole will be, in seconds, or null where nobody knows yet. */
  growing: { durationS: number | null } | null;
}

/** Lets the element go of what it plays. */
export type Detach = () => void;

export function attach(
  video: HTMLVideoElement,
  { url, growing }: Source,
  atS: number,
  onFailed: () => void,
): Detach {
  if (!growing) {
    video.src = url;
    if (atS > 0) video.currentTime = atS;
    return () => {
      video.removeAttribute("src");
      video.load();
    };
  }
  let detach: Detach | null = null;
  let over = false;
  import("./growing.ts").then(({ attachGrowing }) => {
    if (!over) detach = attachGrowing(video, url, growing.durationS, atS, onFailed);
  }, onFailed);
  return () => {
    over = true;
    detach?.();
  };
}
