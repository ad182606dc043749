// Keeps on the phone what today's work needs: the fixed pages, and each order of the list as it
// stands. The service worker stores what is read; here it is only asked for, once per change.

import { person } from "../outbox/store.js";

export const PAGES = "yiwang-pages-";
const FIXED = ["/m/", "/m/?view=waiting", "/m/report/", "/m/patrol/", "/m/elements/", "/m/visit/", "/m/map/", "/m/me/", "/m/outbox/", "/m/check/"];
const TABS = {
  "/m/report/": "/m/report/", "/m/patrol/": "/m/patrol/", "/m/elements/": "/m/patrol/", "/m/visit/": "/m/patrol/",
};
const FRESH_MS = 10 * 60_000;
const DAY_MS = 24 * 3_600_000;

let working = Promise.resolve();

export async function startKeep() {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  await navigator.serviceWorker.ready;
  await dropForeign();
  keepSoon();
  window.addEventListener("yiwang:swapped", keepSoon);
  window.addEventListener("online", keepSoon);
}

function keepSoon() {
  working = working.then(keep).catch(() => undefined); // without a line: later
}

export async function dropForeign() {
  const names = await caches.keys();
  const foreign = names.filter((name) => name.startsWith(PAGES) && name !== PAGES + person);
  await Promise.all(foreign.map((name) => caches.delete(name)));
}

async function keep() {
  if (!navigator.onLine) return;
  const pages = await caches.open(PAGES + person);
  for (const path of FIXED.filter(isOffered)) {
    if (!(await isFresh(pages, path))) await fetch(path, { headers: { Accept: "text/html" } });
  }
  const cards = [...document.querySelectorAll(".card[data-stamp]")];
  for (const card of cards) {
    const path = new URL(card.href).pathname;
    const kept = await pages.match(path, { ignoreVary: true });
    if (kept?.headers.get("Yiwang-Stamp") !== card.dataset.stamp) {
      await fetch(path, { headers: { Accept: "text/html" } });
    }
  }
  if (cards.length) await dropLeft(pages, new Set(cards.map((card) => new URL(card.href).pathname)));
  document.documentElement.dataset.kept = "1";
}

// Who may not report has no such tabs, and neither needs nor may open what is behind them.
function isOffered(path) {
  const tab = TABS[path];
  return !tab || document.querySelector(`.tabs a[href="${tab}"]`) !== null;
}

async function isFresh(pages, path) {
  const kept = await pages.match(path, { ignoreVary: true });
  return kept !== undefined && ageOf(kept) < FRESH_MS;
}

function ageOf(answer) {
  return Date.now() - Date.parse(answer.headers.get("Date") ?? "");
}

// Orders that left one's hands a day ago are nobody's business on this phone any more.
async function dropLeft(pages, held) {
  for (const request of await pages.keys()) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/m/orders/") || held.has(pathname)) continue;
    const kept = await pages.match(request, { ignoreVary: true });
    if (!(ageOf(kept) < DAY_MS)) await pages.delete(request);
  }
}
