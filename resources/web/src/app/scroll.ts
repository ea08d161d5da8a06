/** Keeps the scroll place of each entry of the history, so that back and forward return to where one was. */

interface EntryState {
  clipsetKey?: string;
}

const STORED_UNDER = "clipset.scroll";
/** A restored list may need a moment to reach its height. */
const PATIENCE_MS = 1500;

const places = new Map<string, number>(JSON.parse(sessionStorage.getItem(STORED_UNDER) ?? "[]"));
let entries = Date.now();

function entryKey(): string {
  const state = history.state as EntryState | null;
  if (state?.clipsetKey) return state.clipsetKey;
  entries += 1;
  const clipsetKey = String(entries);
  history.replaceState({ ...state, clipsetKey }, "");
  return clipsetKey;
}

/** Scrolls to `top` as soon as the page is tall enough, unless the reader scrolls first. */
function restore(top: number): void {
  const until = performance.now() + PATIENCE_MS;
  let given = false;
  const giveUp = () => {
    given = true;
  };
  addEventListener("wheel", giveUp, { once: true, passive: true });
  addEventListener("touchmove", giveUp, { once: true, passive: true });
  const attempt = () => {
    if (given) return;
    scrollTo({ top, behavior: "instant" });
    if (Math.abs(scrollY - top) > 2 && performance.now() < until) requestAnimationFrame(attempt);
  };
  attempt();
}

export function keepScrollPlaces(): void {
  history.scrollRestoration = "manual";
  const returning = places.get(entryKey());
  if (returning) restore(returning);
  let key = entryKey();
  const remember = () => {
    // Between a click and the next page the address is new and the scrolling still the old page's.
    if ((history.state as EntryState | null)?.clipsetKey === key) places.set(key, scrollY);
  };
  addEventListener("scroll", remember, { passive: true });
  addEventListener("popstate", () => {
    key = entryKey();
    const top = places.get(key) ?? 0;
    requestAnimationFrame(() => restore(top));
  });
  addEventListener("clipset:navigated", () => {
    key = entryKey();
  });
  addEventListener("pagehide", () => {
    sessionStorage.setItem(STORED_UNDER, JSON.stringify([...places].slice(-50)));
  });
}
