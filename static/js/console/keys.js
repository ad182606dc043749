// One key per act, never while somebody types or an input method composes.
import { letterOf } from "./key-map.js";
import { chosenNumber, isOpening, queueQuery, rows } from "./page.js";
import { toggle } from "./selection.js";

const TYPING = "textarea, select, input:not([type=radio]):not([type=checkbox])";
let lastIndex = 0;
let entersFromBelow = null; // a page just turned: true opens its last row, false its first

function turn(by) {
  const link = document.querySelector(by > 0 ? "[data-page-next]" : "[data-page-back]");
  if (!link) return false;
  entersFromBelow = by < 0;
  link.click();
  return true;
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "queue" || entersFromBelow === null) return;
  const entered = rows().at(entersFromBelow ? -1 : 0);
  entersFromBelow = null;
  entered?.scrollIntoView({ block: "nearest" });
  entered?.querySelector("a").click();
});

function move(by) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex((row) => row.dataset.order === chosenNumber());
  // Where the open order has left the list, the next one moved up into its place.
  const wanted = at >= 0 ? at + by : by > 0 ? lastIndex : lastIndex - 1;
  if ((wanted >= all.length || wanted < 0) && turn(by)) return;
  const index = Math.max(0, Math.min(wanted, all.length - 1));
  lastIndex = index;
  all[index].scrollIntoView({ block: "nearest" });
  all[index].querySelector("a").click();
}

function showHelp() {
  document.querySelector("[data-help]").showModal();
}

// The map takes the queue's view and filters.
function showOnMap() {
  const link = document.querySelector("[data-map-link]");
  window.location.assign(`${link.getAttribute("href")}?${queueQuery()}`);
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  n: () => document.querySelector("[data-new-orders]:not([hidden])")?.click(),
  x: () => chosenNumber() && toggle(chosenNumber()),
  "/": () => {
    document.querySelector("[data-search]").focus();
    document.querySelector("[data-search]").select();
  },
  m: showOnMap,
  "=": () => document.querySelector("[data-register]")?.click(),
  "?": showHelp,
};

function act(key) {
  if (isOpening()) return;
  document.querySelector(`[data-act-open][data-key="${CSS.escape(key)}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const { target, key } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    target.closest?.("form")?.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const isTyping = target.matches?.(TYPING);
  if (key === "Escape" && isTyping) target.blur();
  if (isTyping || document.querySelector("dialog[open]") || event.repeat) return;
  const letter = letterOf(key);
  if (letter in KEYS) {
    event.preventDefault();
    KEYS[letter]();
  } else if (/^[a-z]$/.test(letter)) {
    // Otherwise the letter would land in the field that opens.
    event.preventDefault();
    act(letter);
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-help-open]")) showHelp();
  const row = target.closest("[data-order]");
  if (row) lastIndex = rows().indexOf(row);
});
