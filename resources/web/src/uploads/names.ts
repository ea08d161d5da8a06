/** Titles from file names, and which file is the same as one chosen before a reload. */

const LONGEST_TITLE = 200;

/** "Oma_s.80th-birthday.mp4" → "Oma s 80th-birthday": no ending, no underscores, one space at a time. */
export function titleFromFilename(filename: string): string {
  const stem = filename.replace(/\.[A-Za-z0-9]{1,5}$/, "") || filename;
  const words = stem
    .replace(/[_\s]+/g, " ")
    .replace(/(\p{L})\.(?=\p{L})/gu, "$1 ")
    .trim();
  return [...(words || filename)].slice(0, LONGEST_TITLE).join("");
}

export interface FileMark {
  name: string;
  size: number;
  lastModified: number;
}

/** Browsers give no path: name, size and time of change are what a file can be known by. */
export function isSameFile(a: FileMark, b: FileMark): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}
