/** How hard a password is to guess, roughly: a light look for weaknesses that people really have. Pure. */

/** 0 too weak, 1 weak, 2 fair, 3 strong. */
export type Strength = 0 | 1 | 2 | 3;

const SHORTEST = 8;
const RUNS = [
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop",
  "qwertzuiop",
  "asdfghjkl",
  "zxcvbnm",
  "yxcvbnm",
  "01234567890",
];
/** What everybody's first guesses are made of. */
const COMMON =
  /passwor[td]|passwort|kennwort|letmein|welcome|willkommen|iloveyou|ichliebedich|hallo|hello|admin|monkey|dragon|schatz|geheim|secret|sommer|summer|winter|fussball|football|princess|master|qwert|clipset/g;

/** The length that counts: runs, repetitions, years and common words add one character, however long they are. */
function countedLength(password: string, own: readonly string[]): number {
  let rest = password.toLowerCase();
  const cut = (part: string | RegExp) => {
    rest = rest.replaceAll(part, "\u0000");
  };
  for (const word of own) if (word.length >= 3) cut(word.toLowerCase());
  cut(COMMON);
  cut(/(19|20)\d\d/g);
  cut(/(.)\1{2,}/gu);
  for (const row of RUNS) {
    const backwards = [...row].reverse().join("");
    for (const run of [row, backwards]) {
      for (let size = run.length; size >= 3; size -= 1) {
        for (let at = 0; at + size <= run.length; at += 1) cut(run.slice(at, at + size));
      }
    }
  }
  return [...rest].length;
}

/** Kinds of characters make each one harder to guess. */
function kinds(password: string): number {
  return [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(password)).length;
}

/** `own` are words others know about this person: name and e-mail. */
export function strengthOf(password: string, own: readonly string[] = []): Strength {
  if ([...password].length < SHORTEST) return 0;
  const points = countedLength(password, own) + 1.5 * (kinds(password) - 1);
  if (points < 8) return 0;
  if (points < 11) return 1;
  return points < 15 ? 2 : 3;
}
