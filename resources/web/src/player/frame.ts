/** The shape of the picture's place, known before the first byte of the video has come. Pure. */

const WIDE = 16 / 9;
/** On a phone a portrait video may be higher than wide, but the title should stay in sight. */
const TALLEST_ON_PHONES = 4 / 5;
const WIDEST = 21 / 9;

function round(ratio: number): string {
  return ratio.toFixed(4);
}

/** CSS aspect ratios for wide and for narrow screens. Unknown sizes count as 16:9. */
export function frameRatios(width: number | null, height: number | null): { wide: string; narrow: string } {
  const own = width && height ? width / height : WIDE;
  return {
    wide: round(Math.min(WIDEST, Math.max(WIDE, own))),
    narrow: round(Math.min(WIDEST, Math.max(TALLEST_ON_PHONES, own))),
  };
}
