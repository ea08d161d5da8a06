/** The storage, languages and root element of a browser, as far as logic under test touches them. */
const stored = new Map<string, string>();

Object.assign(globalThis, {
  localStorage: {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  },
  document: { documentElement: { lang: "en" } },
});

// Newer ones of Node have it already.
if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { languages: ["en"] } });
