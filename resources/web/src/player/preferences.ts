/** What somebody chose in the player on this device, and what that means for the next video. */
import { kept, keptText } from "../app/kept.ts";

export const CAPTION_SIZES = ["small", "normal", "large", "huge"] as const;
export type CaptionSize = (typeof CAPTION_SIZES)[number];

/** The captions that were last on, as captions.ts names them; empty when they are off. */
export const captionWish = keptText("clipset.captions");
export const captionSize = kept("clipset.captionSize", CAPTION_SIZES, "normal");
/** A height in lines; empty for the best there is. */
export const qualityWish = keptText("clipset.quality");
export const theatre = kept("clipset.theatre", ["off", "on"], "off");
export const autoplay = kept("clipset.autoplay", ["on", "off"], "on");

/** The rendition to ask for: the highest that is no higher than the wish; undefined for the file itself. */
export function chooseQuality(renditions: readonly number[], wish: string): number | undefined {
  const most = Number(wish);
  if (!most) return undefined;
  const falling = [...renditions].sort((a, b) => b - a);
  const chosen = falling.find((height) => height <= most) ?? falling.at(-1);
  return chosen === falling[0] ? undefined : chosen;
}
