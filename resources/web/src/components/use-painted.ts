/** Lets a page's first picture come before what is costly to make: a phone needs half a second for all of it at once. */
import { useEffect, useState } from "preact/hooks";

/** False while a component is drawn for the first time, true from a moment after that could be seen. */
export function usePainted(): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => setPainted(true), []);
  return painted;
}
