/** Keeps the screen from going dark while something is sent, where the browser lets a page ask for that. */
import { computed, effect } from "@preact/signals";
import { uploads } from "./store.ts";

const sends = computed(() =>
  uploads.value.some((item) => ["sending", "retrying"].includes(item.state.value.phase.at)),
);

let lock: WakeLockSentinel | null = null;

async function hold(): Promise<void> {
  if (document.hidden || lock) return;
  try {
    // Only over HTTPS; elsewhere uploads go on after the screen was dark.
    lock = (await navigator.wakeLock?.request("screen")) ?? null;
    lock?.addEventListener("release", () => {
      lock = null;
    });
  } catch {
    // A low battery says no; that is the owner's business.
  }
}

effect(() => {
  if (sends.value) void hold();
  else void lock?.release();
});

// The browser takes the lock away from a page that is not seen.
document.addEventListener("visibilitychange", () => {
  if (sends.peek()) void hold();
});
