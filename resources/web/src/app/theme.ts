/** Light, dark or as the device says. The colours themselves are in resources/theme/tokens.json. */
import { signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORED_UNDER = "clipset.theme";

export const theme = signal<Theme>("system");

function show(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  tintBrowser();
}

/** The browser's own bar takes the colour of our paper. */
function tintBrowser(): void {
  let meta = document.querySelector<HTMLMetaElement>("meta[name=theme-color]");
  if (!meta) {
    meta = document.createElement("meta");
    meta.name = "theme-color";
    document.head.append(meta);
  }
  meta.content = getComputedStyle(document.documentElement).getPropertyValue("--color-paper").trim();
}

export function startTheme(): void {
  const stored = localStorage.getItem(STORED_UNDER);
  show(THEMES.find((known) => known === stored) ?? "system");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tintBrowser);
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(STORED_UNDER, chosen);
  show(chosen);
}
