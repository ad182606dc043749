// The phone's service worker, served from /sw.js with VERSION and ASSETS before this text.
// The files of the pages come from the shell of this version; pages come from the network, and
// from what is kept of the same person where there is none. A new version waits to be asked for.

const SHELL = `yiwang-shell-${VERSION}`;
const SHELLS = "yiwang-shell-";
const PAGES = "yiwang-pages-"; // followed by the person whose pages they are
const OFFLINE = "/m/offline/";
const SLOW_MS = 4_000;
const newer = new Set(); // clients whose page is of a newer version than this worker

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldShells().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data?.type === "skip") self.skipWaiting();
  if (event.data?.type === "version") event.ports[0]?.postMessage(VERSION);
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(asset(event));
  else if (url.pathname.startsWith("/photos/")) event.respondWith(photo(request));
  else if (url.pathname.startsWith("/m/")) event.respondWith(page(event));
});

async function keepShell() {
  const shell = await caches.open(SHELL);
  await shell.addAll(ASSETS.map((path) => new Request(path, { cache: "reload" })));
}

async function dropOldShells() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(SHELLS) && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function asset(event) {
  if (newer.has(event.clientId)) return fetch(event.request);
  const shell = await caches.open(SHELL);
  return (await shell.match(event.request, { ignoreVary: true })) ?? fetch(event.request);
}

async function page(event) {
  const kept = await find(event.request);
  const fresh = read(event);
  event.waitUntil(fresh.catch(() => undefined));
  try {
    const answer = await (kept ? Promise.race([fresh, late(kept)]) : fresh);
    return answer.status >= 500 && kept ? kept : answer;
  } catch {
    return kept ?? nothingKept(event.request);
  }
}

async function nothingKept(request) {
  if (request.mode !== "navigate") return Response.error();
  return (await caches.match(OFFLINE)) ?? Response.error();
}

// On a line that is up but dead the kept page is better than none.
function late(kept) {
  return new Promise((resolve) => setTimeout(() => resolve(kept.clone()), SLOW_MS));
}

async function read(event) {
  const answer = await fetch(event.request);
  const person = answer.headers.get("Yiwang-Person");
  if (answer.headers.get("Yiwang-Version") !== VERSION && event.resultingClientId) {
    newer.add(event.resultingClientId);
  }
  if (answer.ok && !answer.redirected && person) await keep(event.request, answer.clone(), person);
  return answer;
}

async function keep(request, answer, person) {
  const own = PAGES + person;
  const names = await caches.keys();
  const foreign = names.filter((name) => name.startsWith(PAGES) && name !== own);
  await Promise.all(foreign.map((name) => caches.delete(name)));
  const pages = await caches.open(own);
  await pages.put(request.url, answer).catch(() => undefined); // a full phone keeps what it has
}

async function find(request) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const found = await (await caches.open(name)).match(request.url, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function photo(request) {
  const kept = await find(request);
  if (kept) return kept;
  const answer = await fetch(request);
  const own = (await caches.keys()).find((name) => name.startsWith(PAGES));
  if (answer.ok && !answer.redirected && own) {
    await (await caches.open(own)).put(request.url, answer.clone()).catch(() => undefined);
  }
  return answer;
}
