/** The types of the text catalogue: which keys exist and which placeholders each text needs. */
import type { en } from "./en.ts";

export interface Plural {
  readonly one: string;
  readonly other: string;
}

export type TextKey = keyof typeof en;

/** A language: for each key a sentence, or a singular and a plural where English has them. */
export type Catalogue = { readonly [K in TextKey]: (typeof en)[K] extends Plural ? Plural : string };

type Placeholders<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

type NamesIn<K extends TextKey> = (typeof en)[K] extends Plural
  ? "count" | Placeholders<(typeof en)[K]["other"]>
  : Placeholders<(typeof en)[K]>;

/** The placeholders of a text as an argument list: none, or one object with every name. */
export type Fillings<K extends TextKey> = [NamesIn<K>] extends [never]
  ? []
  : [{ [Name in NamesIn<K>]: Name extends "count" ? number : string | number }];
