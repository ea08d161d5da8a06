/** Speaks the reader's language: which one it is, and texts filled with names and numbers. */
import { signal } from "@preact/signals";
import type { Catalogue, Fillings, Plural, TextKey } from "./catalogue.ts";
import { en } from "./en.ts";
import { madeOnce, numberFormat } from "./made-once.ts";

export type { TextKey } from "./catalogue.ts";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED_UNDER = "clipset.language";

/** A language: our texts, and what the server's English sentences and codes are in it. */
interface Words {
  texts: Catalogue;
  served: Readonly<Record<string, string>>;
}

const english: Words = { texts: en, served: {} };
const loaders: Record<Language, () => Promise<Words>> = {
  en: () => Promise.resolve(english),
  de: async () => {
    const [{ de }, { served }] = await Promise.all([import("./de.ts"), import("./de-served.ts")]);
    return { texts: de, served };
  },
};

const words = signal(english);

/** The language of the texts. */
export const language = signal<Language>("en");

/** The locale for dates, numbers and sorting: the reader's own region where it has the text's language. */
export const locale = signal<string>("en");

/** The best language we have for a list of wishes such as `navigator.languages`. */
export function bestLanguage(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const base = wish.toLowerCase().split("-")[0];
    if (base !== undefined && base in LANGUAGES) return base as Language;
  }
  return "en";
}

/** The first wish that is in this language with its region (de-AT), else the language alone. */
export function localeFor(chosen: Language, wishes: readonly string[]): string {
  return wishes.find((wish) => wish.toLowerCase().split("-")[0] === chosen) ?? chosen;
}

async function speak(chosen: Language): Promise<void> {
  words.value = await loaders[chosen]();
  language.value = chosen;
  locale.value = localeFor(chosen, navigator.languages);
  document.documentElement.lang = chosen;
}

/** Loads the language chosen earlier on this device, else the browser's. */
export function startLanguage(): Promise<void> {
  const stored = localStorage.getItem(STORED_UNDER);
  return speak(bestLanguage(stored ? [stored] : navigator.languages));
}

export function chooseLanguage(chosen: Language): Promise<void> {
  localStorage.setItem(STORED_UNDER, chosen);
  return speak(chosen);
}

/** Puts values in the place of `{name}`. Unknown names stay visible, so that a mistake shows. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const pluralRules = madeOnce((inLanguage: string) => new Intl.PluralRules(inLanguage));

function pick(entry: string | Plural, count: number): string {
  if (typeof entry === "string") return entry;
  return pluralRules(language.value).select(count) === "one" ? entry.one : entry.other;
}

/** The text for a key in the current language. Components that call it render again when that changes. */
export function t<K extends TextKey>(key: K, ...[values]: Fillings<K>): string {
  const given = (values ?? {}) as Record<string, string | number>;
  const count = Number(given.count ?? 0);
  const shown = "count" in given ? { ...given, count: numberFormat(locale.value).format(count) } : given;
  return fill(pick(words.value.texts[key], count), shown);
}

/** A sentence of the server in the reader's language; as it came where that has no words for it. */
export function saySentence(sentence: string): string {
  return words.value.served[sentence] ?? sentence;
}

/** The sentence of a refusal: known word for word, else by its field and code, else as it came. */
export function sayProblem(problem: { code: string; detail: string; field?: string }): string {
  const { served } = words.value;
  const { code, detail, field } = problem;
  return served[detail] ?? (field ? served[`${code}.${field}`] : undefined) ?? served[code] ?? detail;
}

/** Whether there are words for a key that was put together at run time. */
export function hasText(key: string): key is TextKey {
  return key in en;
}
