/** A choice kept on this device. Every tab has its own until it is loaded again. */
import { effect, type Signal, signal } from "@preact/signals";

/** A signal that starts with what was kept under `name`, where it still is one of `choices`. */
export function kept<T extends string>(name: string, choices: readonly T[], fallback: T): Signal<T> {
  const stored = localStorage.getItem(name);
  const value = signal<T>(choices.find((choice) => choice === stored) ?? fallback);
  effect(() => localStorage.setItem(name, value.value));
  return value;
}

/** The same for any text. */
export function keptText(name: string): Signal<string> {
  const value = signal(localStorage.getItem(name) ?? "");
  effect(() => localStorage.setItem(name, value.value));
  return value;
}
