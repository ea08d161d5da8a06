/** Never loses the keyboard's place: when what has the focus goes, what stands in its place gets it. */

const FOCUSABLE =
  ":is(a[href], button, input, select, textarea, summary, [tabindex]):not(:disabled, [tabindex='-1'])";

const focusablesIn = (place: Element) =>
  [...place.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.getClientRects().length > 0);

/** An element around what had the focus, and the how-manieth of its focusable ones that was. */
interface Place {
  around: Element;
  index: number;
}

interface Spot {
  element: HTMLElement;
  dialog: Element | null;
  /** From the innermost to the one below `main`. */
  places: Place[];
}

function spotOf(element: HTMLElement, main: HTMLElement): Spot {
  const places: Place[] = [];
  for (let around = element.parentElement; around && around !== main; around = around.parentElement)
    places.push({ around, index: focusablesIn(around).indexOf(element) });
  return { element, dialog: element.closest("dialog"), places };
}

/** What was there, or what stands in its place now; null where nothing of that part of the page is left. */
function heir({ element, places }: Spot): HTMLElement | null {
  if (element.isConnected) return element;
  for (const { around, index } of places) {
    const found = around.isConnected ? focusablesIn(around) : [];
    const next = found[index] ?? found.at(-1);
    if (next) return next;
  }
  return null;
}

/** Watches over the page's content, `main`; what is around it stays anyway. */
export function keepFocus(): void {
  let spot: Spot | null = null;
  /** The last one that was in no dialog: what a dialog was opened from. */
  let opener: Spot | null = null;
  addEventListener("focusin", ({ target }) => {
    const main = document.getElementById("main");
    const inside = target instanceof HTMLElement && target !== main && main?.contains(target);
    spot = inside && main ? spotOf(target, main) : null;
    if (!spot?.dialog) opener = spot;
  });
  addEventListener("pointerdown", ({ target }) => {
    // Whoever clicks beside it has left it.
    if (!spot?.element.contains(target as Node)) spot = null;
  });
  new MutationObserver((changes) => {
    if (!spot || document.activeElement !== document.body) return;
    const { element, dialog } = spot;
    // A row that changes its place in a list is taken out for a moment, and browsers let its focus go.
    const wasOut = changes.some(({ removedNodes }) => [...removedNodes].some((out) => out.contains(element)));
    if (element.isConnected && !wasOut) return;
    const lost = dialog && !dialog.isConnected ? opener : spot;
    spot = null;
    const next = (lost && heir(lost)) ?? document.getElementById("main");
    next?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}
