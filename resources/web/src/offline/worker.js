/**
 * Shows the client while there is no connection, so that it can say so itself. Keeps the client's own files and nothing
 * of what people have: no answer of the API, no picture, no video.
 */
const NAME = "clipset-__VERSION__";
const FILES = ["__FILES__"];

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll(["/", ...FILES]))
      .then(() => skipWaiting()),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  // The server always comes first: what is kept here is for when it does not answer.
  if (request.mode === "navigate" && !/^\/(api|docs|assets|metrics|health)\b/.test(url.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match("/")));
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  }
});
