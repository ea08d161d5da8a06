/** Taps on the picture: double taps at its sides seek. What a tap means is said by taps.ts. */
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../i18n/index.ts";
import type { Command } from "./keys.ts";
import { type Taps, tap } from "./taps.ts";

export function useTaps(
  controller: RefObject<HTMLElement | null>,
  run: (command: Command) => void,
  say: (words: string) => void,
) {
  const taps = useRef<Taps | null>(null);
  const touched = useRef(false);
  const isPicture = (event: Event) =>
    event.target === controller.current || event.target instanceof HTMLVideoElement;
  const onPointerDown = (event: PointerEvent) => {
    // From now on the arrows are the player's.
    if (isPicture(event)) controller.current?.focus({ preventScroll: true });
  };
  const onPointerUp = (event: PointerEvent) => {
    touched.current = event.pointerType === "touch";
    if (!touched.current || !isPicture(event) || !controller.current) return;
    const box = controller.current.getBoundingClientRect();
    const tapped = tap(taps.current, (event.clientX - box.left) / box.width, event.timeStamp);
    taps.current = tapped.taps;
    if (tapped.seconds === 0) return;
    run({ do: "seekBy", seconds: tapped.seconds });
    const seconds = Math.abs(tapped.sum);
    say(t(tapped.sum > 0 ? "player.forward" : "player.backward", { seconds }));
  };
  return { isPicture, wasTouch: () => touched.current, handlers: { onPointerDown, onPointerUp } };
}
