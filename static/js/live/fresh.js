// Reads the page again when the socket says that something moved, and swaps the parts marked
// data-fresh. What is being typed lies outside those parts and is never touched; who stands on a
// link or button with an id stands on it afterwards.

const GATHER_MS = 250;
const EVERY_MS = 60_000; // the remaining times are words, which grow old

let timer;
let isReading = false;

/** Follow a kind of frame; `concerns` tells which of them are about this page. */
export function startFresh(kind, concerns = () => true) {
  if (document.querySelector("[data-fresh]") === null) return;
  window.addEventListener(`yiwang:${kind}`, ({ detail }) => {
    if (concerns(detail)) soon();
  });
  window.addEventListener("yiwang:resync", soon);
  setInterval(soon, EVERY_MS);
  document.addEventListener("visibilitychange", soon);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(read, GATHER_MS);
}

async function read() {
  if (document.hidden) return;
  if (isReading) {
    soon(); // what is being read may be older than what was just said
    return;
  }
  isReading = true;
  try {
    const response = await fetch(address(), { headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) swap(await response.text());
  } catch {
    // Offline: what is on the page stays; the chip in the bar tells that it may be old.
  } finally {
    isReading = false;
  }
}

/* A page that answers to a form stands at the form's address, which is not for reading. */
function address() {
  return document.body.dataset.freshFrom ?? window.location.href;
}

function swap(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const stood = document.activeElement?.id;
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const newer = fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (newer && newer.innerHTML !== part.innerHTML) part.innerHTML = newer.innerHTML;
  }
  if (stood && document.activeElement?.id !== stood) document.getElementById(stood)?.focus();
  window.dispatchEvent(new CustomEvent("yiwang:swapped", { detail: fresh }));
}
