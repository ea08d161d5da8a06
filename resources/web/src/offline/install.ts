/** Installs the worker that shows the client without a connection, where the browser allows one: over HTTPS. */

export function installWorker(): void {
  if (!import.meta.env.PROD || !isSecureContext || !navigator.serviceWorker) return;
  // When nothing else is left to do: it is for another day.
  addEventListener("load", () => {
    navigator.serviceWorker.register("/worker.js").catch(() => {
      // A private window or a full disk: the client works without.
    });
  });
}
