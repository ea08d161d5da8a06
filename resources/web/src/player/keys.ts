/** Which key does what in the player: the keys of the big video sites. Pure. */

export type Command =
  | { do: "toggle" }
  | { do: "seekBy"; seconds: number }
  | { do: "seekTo"; fraction: number }
  | { do: "volumeBy"; step: number }
  | { do: "speedBy"; steps: 1 | -1 }
  | { do: "mute" }
  | { do: "fullscreen" }
  | { do: "pictureInPicture" }
  | { do: "frameBy"; frames: 1 | -1 }
  | { do: "captions" }
  | { do: "theatre" }
  | { do: "next" }
  | { do: "help" };

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/**
 * Where the focus is: text fields keep all their keys, ranges their arrows, buttons space and enter, and outside the
 * player the page keeps those that scroll it.
 */
export type Focus = "text" | "range" | "button" | "player" | "elsewhere";

const SCROLLS = ["ArrowUp", "ArrowDown", "Home", "End"];

const COMMANDS: Record<string, Command> = {
  " ": { do: "toggle" },
  k: { do: "toggle" },
  j: { do: "seekBy", seconds: -10 },
  l: { do: "seekBy", seconds: 10 },
  ArrowLeft: { do: "seekBy", seconds: -5 },
  ArrowRight: { do: "seekBy", seconds: 5 },
  ArrowUp: { do: "volumeBy", step: 0.05 },
  ArrowDown: { do: "volumeBy", step: -0.05 },
  ">": { do: "speedBy", steps: 1 },
  "<": { do: "speedBy", steps: -1 },
  m: { do: "mute" },
  f: { do: "fullscreen" },
  i: { do: "pictureInPicture" },
  c: { do: "captions" },
  t: { do: "theatre" },
  ",": { do: "frameBy", frames: -1 },
  ".": { do: "frameBy", frames: 1 },
  "?": { do: "help" },
  Home: { do: "seekTo", fraction: 0 },
  End: { do: "seekTo", fraction: 1 },
};

/** The command of a key press, or null where the key belongs to what has the focus, or to the browser. */
export function commandFor(press: KeyPress, focus: Focus): Command | null {
  if (press.ctrlKey || press.altKey || press.metaKey || focus === "text") return null;
  // Shift and n, as on the big sites: n alone is too easily hit.
  if (press.key === "N") return { do: "next" };
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (focus === "button" && (key === " " || key === "Enter")) return null;
  if (focus === "elsewhere" && SCROLLS.includes(key)) return null;
  if (focus === "range" && (key.startsWith("Arrow") || key === "Home" || key === "End")) return null;
  if (/^[0-9]$/.test(key)) return { do: "seekTo", fraction: Number(key) / 10 };
  return COMMANDS[key] ?? null;
}

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The next faster or slower speed; the ends stay. */
export function speedAfter(current: number, steps: 1 | -1): number {
  if (steps > 0) return SPEEDS.find((speed) => speed > current) ?? current;
  return SPEEDS.findLast((speed) => speed < current) ?? current;
}
