/** The types of the text catalogue: which keys exist and which placeholders each text needs. */
import type { en } from "./en.ts";

export interface Plural {
  readonly one: string;
  readonly other: string;
}

export type TextKey = keyof typeof en;

/** The same texts in another language: for each a sentence, or a singular and a plural where English has them. */
export type Translated<Texts> = { readonly [K in keyof Texts]: Texts[K] extends Plural ? Plural : string };

/** A language. */
export type Catalogue = Translated<typeof en>;

type Placeholders<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

type NamesIn<K extends TextKey> = (typeof en)[K] extends Plural
  ? "count" | Placeholders<(typeof en)[K]["other"]>
  : Placeholders<(typeof en)[K]>;

/** The placeholders of a text as an argument list: none, or one object with every name. */
export type Fillings<K extends TextKey> = [NamesIn<K>] extends [never]
  ? []
  : [{ [Name in NamesIn<K>]: Name extends "count" ? number : string | number }];
