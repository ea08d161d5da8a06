/** Who is signed in and to which server. Owns the first questions to the server; draws nothing. */
import { effect, signal } from "@preact/signals";
import { type Account, ApiError, api, onSignedOut, reachable, type ServerFacts } from "../api/index.ts";

/** How long to wait before asking a silent server again. */
const ASK_AGAIN_MS = 4000;

/** Null until the first answer. */
export const server = signal<ServerFacts | null>(null);

/** The signed-in member; null when nobody is. */
export const me = signal<Account | null>(null);

/** `starting` until we know who is there; `unreachable` when the server was silent from the beginning. */
export const phase = signal<"starting" | "ready" | "unreachable">("starting");

/** Set when a session ended under somebody's hands, so that the sign-in page can say so. */
export const wasSignedOut = signal(false);

onSignedOut(() => {
  if (me.peek()) wasSignedOut.value = true;
  me.value = null;
});

/** Reads the account again, for example after an upload has used some of the quota. */
export async function refreshMe(): Promise<void> {
  try {
    me.value = await api.me();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Signed out is handled by the listener; an unreachable server shows in the banner.
  }
}

/** Asks who we are. Goes on asking by itself while the server is silent. */
export async function startSession(): Promise<void> {
  try {
    // Together: on a phone each round trip is seen.
    [server.value] = await Promise.all([api.server(), refreshMe()]);
    phase.value = "ready";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    phase.value = "unreachable";
    setTimeout(startSession, ASK_AGAIN_MS);
  }
}

export async function signOut(): Promise<void> {
  await api.signOut();
  me.value = null;
  wasSignedOut.value = false;
}

/** While requests fail, asks the server now and then, and at once when the network returns. */
export function watchConnection(): void {
  const ask = () => {
    if (!reachable.peek() && phase.peek() === "ready") api.server().catch(() => {});
  };
  addEventListener("online", ask);
  effect(() => {
    if (reachable.value) return;
    const timer = setInterval(ask, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  });
}
