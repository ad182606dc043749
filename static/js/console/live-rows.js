// The queue follows the socket: known rows change in place, new ones wait behind a button.
import { notice, titleWith } from "./attention.js";
import { base, loadQueue, openNumber, pageQuery, queueQuery, refreshCounters, row, rows } from "./page.js";

const GATHER_MS = 120;
const COUNT_MS = 800;
const MINUTE_MS = 60_000;
const BATCH = 100;
// What happens to an order without moving it: if it is on another page, it is no news here.
const UNMOVED = new Set(["remark", "escalate", "instruct", "exclude", "reclassify"]);
const changed = new Set();
const fresh = new Set();
const told = new Map(); // number → what was done to it
let gathering = 0;
let counting = 0;

function showFresh() {
  const button = document.querySelector("[data-new-orders]");
  button.hidden = fresh.size === 0;
  button.querySelector("[data-new-words]").textContent = `${fresh.size} 条新工单`;
  titleWith(fresh.size);
}

async function read(path) {
  const answer = await fetch(path, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
  window.dispatchEvent(new CustomEvent("console:contact"));
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return [...holder.content.querySelectorAll("[data-order]")];
}

function place(found) {
  const { order: number, inView } = found.dataset;
  const known = row(number);
  const isOpen = number === openNumber();
  if (!known) {
    if (inView === "1" && !UNMOVED.has(told.get(number))) fresh.add(number);
    else fresh.delete(number);
    return;
  }
  if (inView === "0" && !isOpen) {
    known.remove();
    return;
  }
  found.classList.toggle("row--open", isOpen);
  if (known.dataset.version !== found.dataset.version) found.classList.add("row--changed");
  known.replaceWith(found);
  window.htmx.process(found);
}

async function reread(numbers) {
  const asked = pageQuery();
  const found = await read(`${base}rows/?numbers=${numbers.join(",")}&${queueQuery()}`);
  if (asked !== pageQuery()) return; // another queue stands there now
  const seen = new Set(found.map((each) => each.dataset.order));
  for (const each of found) {
    notice(each, told.get(each.dataset.order));
    place(each);
  }
  told.clear();
  for (const number of numbers.filter((each) => !seen.has(each))) {
    row(number)?.remove();
    fresh.delete(number);
  }
  showFresh();
}

async function flush() {
  gathering = 0;
  const numbers = [...changed].slice(0, BATCH);
  numbers.forEach((number) => changed.delete(number));
  try {
    await reread(numbers);
  } catch {
    return; // the next minute reads every row again
  }
  if (changed.size) gathering = setTimeout(flush, GATHER_MS);
}

function countSoon() {
  counting ||= setTimeout(() => {
    counting = 0;
    refreshCounters();
  }, COUNT_MS);
}

async function readAgain() {
  countSoon();
  const known = rows().map((each) => each.dataset.order);
  const asked = pageQuery();
  try {
    const here = await read(`${base}queue/?${asked}`);
    if (asked !== pageQuery()) return;
    for (const found of here) {
      if (!row(found.dataset.order)) fresh.add(found.dataset.order);
    }
    for (let at = 0; at < known.length; at += BATCH) await reread(known.slice(at, at + BATCH));
    showFresh();
  } catch {
    // The chip and the stale stamp tell that there is no connection.
  }
}

window.addEventListener("yiwang:order", ({ detail }) => {
  const isOnAnotherPage = !row(detail.number);
  if (UNMOVED.has(detail.action) && isOnAnotherPage && detail.action !== "escalate") return;
  told.set(detail.number, detail.action);
  changed.add(detail.number);
  gathering ||= setTimeout(flush, GATHER_MS);
  countSoon();
});
window.addEventListener("yiwang:resync", readAgain);
document.body.addEventListener("console:acted", () => {
  changed.add(openNumber());
  gathering ||= setTimeout(flush, GATHER_MS);
});
// Time left runs on without any event.
setInterval(() => {
  if (document.visibilityState === "visible") readAgain();
}, MINUTE_MS);

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-new-orders]")) loadQueue();
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "queue") return;
  fresh.clear();
  showFresh();
});
