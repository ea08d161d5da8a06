/** Loads the code of a page, also when the connection or the server's version changes in between. */
import { effect, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, reachable } from "../api/index.ts";

const STORED_UNDER = "clipset.reloaded";
/** A second failure this soon after a reload will not be mended by a third. */
const TOO_SOON_MS = 15_000;

/** Set when a page's code cannot be had. */
export const pageCodeMissing = signal(false);

async function untilReachable(): Promise<void> {
  // Only a question to the API tells a silent server from a file that a newer version no longer has.
  await api.server().catch(() => {});
  await new Promise<void>((resolve) => {
    effect(() => {
      if (reachable.value) resolve();
    });
  });
}

/**
 * The module that `load` imports. After a failure it waits for the server and tries again; where the browser
 * remembers the failure, or the file is gone after an upgrade, the page is loaded anew at the wanted address.
 */
export async function pageCode<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    await untilReachable();
  }
  try {
    return await load();
  } catch {
    const last = Number(sessionStorage.getItem(STORED_UNDER) ?? 0);
    if (Date.now() - last < TOO_SOON_MS) pageCodeMissing.value = true;
    else {
      sessionStorage.setItem(STORED_UNDER, String(Date.now()));
      location.reload();
    }
    return new Promise<T>(() => {});
  }
}

/** A part of a page, such as a dialog, whose code comes when it is first shown. Until then there is nothing. */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function LazyPart(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | null>(() => loaded);
    useEffect(() => {
      if (Part) return;
      void pageCode(load).then((part) => {
        loaded = part;
        setPart(() => part);
      });
    }, []);
    return Part ? h(Part, props) : null;
  };
}
