/** A word over the picture that says what a key or a tap did, and goes by itself. */
import { useEffect, useRef, useState } from "preact/hooks";

const SHOWN_MS = 800;

export function useFlash(): [string, (words: string) => void] {
  const [flash, setFlash] = useState("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (words: string) => {
    setFlash(words);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(setFlash, SHOWN_MS, "");
  };
  return [flash, say];
}
