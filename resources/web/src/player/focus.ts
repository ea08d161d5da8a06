/** Listens for the player's keys on the whole page, and tells whose a key is. */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Command, commandFor, type Focus } from "./keys.ts";

function focusOf(event: KeyboardEvent, controller: HTMLElement | null): Focus {
  // The first of the path is the element inside media-chrome's own trees; `target` would be its host.
  const inner = event.composedPath()[0];
  if (!(inner instanceof HTMLElement)) return "elsewhere";
  const host = event.target instanceof HTMLElement ? event.target : inner;
  if (inner instanceof HTMLInputElement && inner.type === "range") return "range";
  if (inner.matches("input, textarea, select") || inner.isContentEditable) return "text";
  if (host.closest("dialog, .menu")) return "text";
  if (inner.closest("button, a, [role=button]") || host.matches("[role=button]")) return "button";
  return controller?.contains(host) || document.fullscreenElement ? "player" : "elsewhere";
}

export function useKeys(controller: RefObject<HTMLElement | null>, run: (command: Command) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const command = commandFor(event, focusOf(event, controller.current));
      if (!command) return;
      event.preventDefault();
      latest.current(command);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
