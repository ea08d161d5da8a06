/** Formatters of the browser, each made once: making one takes a phone far longer than using it, and lists need hundreds. */

/** `make` with what it made for the same arguments before. For few different ones: nothing is ever let go. */
export function madeOnce<Given extends readonly (string | number)[], Made>(
  make: (...given: Given) => Made,
): (...given: Given) => Made {
  const before = new Map<string, Made>();
  return (...given) => {
    const key = given.join();
    const made = before.get(key) ?? make(...given);
    before.set(key, made);
    return made;
  };
}

/** "1,204" or "1.204". */
export const numberFormat = madeOnce((inLocale: string) => new Intl.NumberFormat(inLocale));
