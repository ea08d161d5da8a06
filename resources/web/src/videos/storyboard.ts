/** The storyboard of a video: small pictures of it on one sheet, and where each lies. Parsing is pure. */
import { mediaOf } from "../api/index.ts";

export interface Tile {
  startS: number;
  /** The sheet's address, relative to the list's own. */
  sheet: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const TIMES = /^(?:(\d+):)?(\d{2}):(\d{2}\.\d{3})\s+-->/;
const PLACE = /^(.+)#xywh=(\d+),(\d+),(\d+),(\d+)$/;

/** Reads WebVTT whose cues are media fragments (`sheet.jpg#xywh=0,0,160,90`). What does not fit is left out. */
export function readStoryboard(vtt: string): Tile[] {
  const tiles: Tile[] = [];
  let startS: number | null = null;
  for (const line of vtt.split(/\r?\n/)) {
    const times = TIMES.exec(line);
    if (times) {
      startS = Number(times[1] ?? 0) * 3600 + Number(times[2]) * 60 + Number(times[3]);
      continue;
    }
    const place = PLACE.exec(line.trim());
    if (!place || startS === null) continue;
    const [x, y, width, height] = place.slice(2).map(Number);
    tiles.push({
      startS,
      sheet: place[1] ?? "",
      x: x ?? 0,
      y: y ?? 0,
      width: width ?? 0,
      height: height ?? 0,
    });
    startS = null;
  }
  return tiles;
}

/** `count` tiles evenly over the whole, so that a long video is gone through as quickly as a short one. Pure. */
export function pickTiles(tiles: readonly Tile[], count: number): Tile[] {
  if (tiles.length <= count) return [...tiles];
  return Array.from(
    { length: count },
    (_, index) => tiles[Math.floor((index * tiles.length) / count)] as Tile,
  );
}

export interface Storyboard {
  tiles: Tile[];
  /** The address of a tile's sheet, loaded already. */
  sheets: Map<string, HTMLImageElement>;
}

const PICTURES = 16;
const MOST_KEPT = 20;
const known = new Map<string, Promise<Storyboard | null>>();

async function load(id: string): Promise<Storyboard | null> {
  const list = new URL(mediaOf(id).storyboard, location.href);
  const response = await fetch(list);
  if (!response.ok) return null;
  const tiles = pickTiles(readStoryboard(await response.text()), PICTURES);
  const sheets = new Map<string, HTMLImageElement>();
  for (const { sheet } of tiles) {
    if (sheets.has(sheet)) continue;
    const image = new Image();
    image.src = new URL(sheet, list).href;
    sheets.set(sheet, image);
    await image.decode();
  }
  return tiles.length > 0 ? { tiles, sheets } : null;
}

/** The storyboard of a video, or null where it has none or it cannot be had now. */
export function storyboardOf(id: string): Promise<Storyboard | null> {
  const before = known.get(id);
  if (before) return before;
  const oldest = known.keys().next().value;
  if (known.size >= MOST_KEPT && oldest !== undefined) known.delete(oldest);
  // It only adorns: the thumbnail stays when it does not come.
  const loading = load(id).catch(() => null);
  known.set(id, loading);
  return loading;
}
