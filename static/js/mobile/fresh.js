// Reads the page again when something happened to an order, and swaps the parts marked data-fresh.
// What is being typed lies outside those parts and is never touched.

const GATHER_MS = 250;
const EVERY_MS = 60_000; // the remaining times are words, which grow old

let timer;
let isReading = false;

export function startFresh() {
  if (document.querySelector("[data-fresh]") === null) return;
  const own = document.querySelector("[data-number]")?.dataset.number;
  window.addEventListener("yiwang:order", ({ detail }) => {
    if (!own || detail?.number === own) soon();
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
  if (isReading || document.hidden) return;
  isReading = true;
  try {
    const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) swap(await response.text());
  } catch {
    // Offline: what is on the page stays; the chip in the bar tells that it may be old.
  } finally {
    isReading = false;
  }
}

function swap(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const newer = fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (newer && newer.innerHTML !== part.innerHTML) part.innerHTML = newer.innerHTML;
  }
  window.dispatchEvent(new CustomEvent("yiwang:swapped", { detail: fresh }));
}
