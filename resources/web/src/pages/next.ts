/** Where to go after signing in. Pure. */

/** `next` when it is a path of this site, else the library: an address of another site must not be followed. */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  return next.startsWith("/signin") ? "/" : next;
}
