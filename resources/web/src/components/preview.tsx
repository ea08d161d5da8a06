/** Runs through the storyboard of a video over its thumbnail while a pointer rests on it or a finger stays. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Video } from "../api/index.ts";
import { type Storyboard, storyboardOf } from "../videos/storyboard.ts";

const REST_MS = 350;
const PRESS_MS = 450;
const PICTURE_MS = 650;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether the preview of a card runs, and the handlers that the card needs for it. */
export function usePreview(video: Video) {
  const [active, setActive] = useState(false);
  const timer = useRef(0);
  const pressed = useRef(false);
  const start = (afterMs: number) => {
    clearTimeout(timer.current);
    if (video.has_storyboard && !stillness.matches) {
      timer.current = window.setTimeout(() => {
        pressed.current = afterMs === PRESS_MS;
        setActive(true);
      }, afterMs);
    }
  };
  const stop = () => {
    clearTimeout(timer.current);
    setActive(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    active,
    handlers: {
      onPointerEnter: (event: PointerEvent) => event.pointerType === "mouse" && start(REST_MS),
      onPointerLeave: (event: PointerEvent) => event.pointerType === "mouse" && stop(),
      onFocus: () => start(REST_MS),
      onBlur: stop,
      onTouchStart: () => {
        pressed.current = false;
        start(PRESS_MS);
      },
      onTouchMove: stop,
      onTouchEnd: (event: TouchEvent) => {
        // A long look is no tap.
        if (pressed.current && event.cancelable) event.preventDefault();
        stop();
      },
      onTouchCancel: stop,
      onContextMenu: (event: Event) => pressed.current && event.preventDefault(),
    },
  };
}

export function Preview({ video }: { video: Video }) {
  const [storyboard, setStoryboard] = useState<Storyboard | null>(null);
  const [shown, setShown] = useState(0);
  useEffect(() => {
    let over = false;
    void storyboardOf(video.id).then((loaded) => {
      if (!over) setStoryboard(loaded);
    });
    return () => {
      over = true;
    };
  }, [video.id]);
  const count = storyboard?.tiles.length ?? 0;
  useEffect(() => {
    if (count < 2) return;
    const timer = setInterval(() => setShown((before) => (before + 1) % count), PICTURE_MS);
    return () => clearInterval(timer);
  }, [count]);

  const tile = storyboard?.tiles[shown];
  const sheet = tile && storyboard.sheets.get(tile.sheet);
  if (!tile || !sheet) return null;
  const share = (offset: number, size: number, whole: number) =>
    whole > size ? `${(offset / (whole - size)) * 100}%` : "0";
  return (
    <span class="preview" aria-hidden="true">
      <span
        class="preview-picture"
        style={{
          aspectRatio: `${tile.width} / ${tile.height}`,
          backgroundImage: `url("${sheet.src}")`,
          backgroundSize: `${(sheet.naturalWidth / tile.width) * 100}% ${(sheet.naturalHeight / tile.height) * 100}%`,
          backgroundPosition: `${share(tile.x, tile.width, sheet.naturalWidth)} ${share(tile.y, tile.height, sheet.naturalHeight)}`,
        }}
      />
      <span class="preview-line">
        <span style={{ transform: `scaleX(${(shown + 1) / count})` }} />
      </span>
    </span>
  );
}
