/** Names the tab after the page: "Title · Server". */
import { useEffect } from "preact/hooks";
import { server } from "../app/session.ts";

export function useTitle(title: string): void {
  const name = server.value?.name ?? "Clipset";
  useEffect(() => {
    document.title = title === name ? name : `${title} · ${name}`;
  }, [title, name]);
}
