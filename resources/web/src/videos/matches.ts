/** Finds the words of a search in a text, whatever their case and accents. Pure. */

export interface Piece {
  text: string;
  matches: boolean;
}

/** Each character of `text` in its plain form, with where it came from: "É" is "e", "ß" is "ss". */
function plain(text: string): { letters: string; origins: number[] } {
  let letters = "";
  const origins: number[] = [];
  let at = 0;
  for (const char of text) {
    const folded = char.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss");
    for (const _unit of folded.split("")) origins.push(at);
    letters += folded;
    at += char.length;
  }
  origins.push(at);
  return { letters, origins };
}

const wordsOf = (query: string) => [...new Set(plain(query).letters.split(/\s+/).filter(Boolean))];

/** `text` in pieces, those that match a word of `query` marked. */
export function markMatches(text: string, query: string): Piece[] {
  const { letters, origins } = plain(text);
  const marked = new Array<boolean>(text.length).fill(false);
  for (const word of wordsOf(query)) {
    for (let at = letters.indexOf(word); at >= 0; at = letters.indexOf(word, at + 1)) {
      const last = origins[at + word.length - 1] ?? 0;
      // The end of the last letter, with the accents that were written after it.
      const end = origins.slice(at + word.length).find((origin) => origin > last) ?? text.length;
      marked.fill(true, origins[at] ?? 0, end);
    }
  }
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = 1; at <= text.length; at += 1) {
    if (at < text.length && marked[at] === marked[at - 1]) continue;
    pieces.push({ text: text.slice(from, at), matches: marked[from] ?? false });
    from = at;
  }
  return pieces;
}

const AROUND = 60;

/** The part of a long text around its first match, or null where there is none. */
export function snippet(text: string, query: string): string | null {
  const pieces = markMatches(text.replace(/\s+/g, " ").trim(), query);
  const first = pieces.findIndex((piece) => piece.matches);
  if (first < 0) return null;
  const before = pieces
    .slice(0, first)
    .map((piece) => piece.text)
    .join("");
  const after = pieces
    .slice(first)
    .map((piece) => piece.text)
    .join("");
  const start = before.length > AROUND ? `…${before.slice(-AROUND).replace(/^\S*\s/, "")}` : before;
  return start + (after.length > 2 * AROUND ? `${after.slice(0, 2 * AROUND)}…` : after);
}
