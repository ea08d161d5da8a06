/** Copies a text. Over plain HTTP browsers keep their clipboard to themselves, so there is an older way, too. */

/** Whether it worked. `field` holds the same text and is selected for the older way. */
export async function copyText(text: string, field: HTMLInputElement | null): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not allowed here; the older way may be.
  }
  field?.select();
  return document.execCommand("copy");
}
