// Which key stands for which: a letter of the page may be put on another key, kept in this browser.
const KEPT = "console.keys";
const PLAIN = /^[a-z0-9/?[\];',.=-]$/;

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) || {};
  } catch {
    return {};
  }
}

let moved = read(); // letter of the page → the key it lies on now

export const keyOf = (letter) => moved[letter] || letter;

// The letter that a key means; nothing where its own letter has moved away and no other came.
export function letterOf(key) {
  const found = Object.keys(moved).find((letter) => moved[letter] === key);
  return found || (key in moved ? "" : key);
}

function write() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(moved));
  } catch {
    // Forgotten at the next start.
  }
}

// Put a letter on a key; whatever lay there takes the key that became free.
function move(letter, key) {
  const other = letterOf(key);
  const free = keyOf(letter);
  moved[letter] = key;
  if (other && other !== letter) moved[other] = free;
  for (const each of Object.keys(moved)) if (moved[each] === each) delete moved[each];
  write();
}

export function showKeys() {
  for (const button of document.querySelectorAll("[data-key-slot]")) {
    const key = keyOf(button.dataset.keySlot);
    button.textContent = key;
    button.classList.toggle("key--changed", key !== button.dataset.keySlot);
  }
  for (const mark of document.querySelectorAll("[data-key-of]")) {
    mark.textContent = keyOf(mark.dataset.keyOf);
  }
  for (const mark of document.querySelectorAll("[data-act-open] kbd")) {
    mark.textContent = keyOf(mark.closest("[data-key]").dataset.key);
  }
}

const waiting = () => document.querySelector("[data-key-slot][aria-pressed=true]");

document.addEventListener("click", ({ target }) => {
  const slot = target.closest("[data-key-slot]");
  const before = waiting();
  before?.setAttribute("aria-pressed", "false");
  if (slot && slot !== before) {
    slot.setAttribute("aria-pressed", "true");
    slot.textContent = "…";
  } else if (slot || before) showKeys();
  if (target.closest("[data-keys-reset]")) {
    moved = {};
    write();
    showKeys();
  }
});
document.addEventListener("keydown", (event) => {
  const slot = waiting();
  if (!slot || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (PLAIN.test(event.key)) move(slot.dataset.keySlot, event.key);
  slot.setAttribute("aria-pressed", "false");
  showKeys();
}, { capture: true });
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "order-pane") showKeys();
});
showKeys();
