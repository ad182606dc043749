/* Nodes are made once from the page's templates and then only changed. */
import { knownState, stateWord } from "./words.js";

const timers = new WeakMap();
const MARKED_FOR = 1800;
const SMALLEST = 0.72; // of a text's size, before it is written in two lines

/** Make a node from a template; `parts` are its elements by `data-part`. */
export function make(id) {
  const root = document.getElementById(id).content.firstElementChild.cloneNode(true);
  const parts = {};
  for (const part of root.querySelectorAll("[data-part]")) parts[part.dataset.part] = part;
  return { root, parts };
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Write a figure; a later change of it is marked for a moment. */
export function writeFigure(node, text) {
  if (node.textContent === text) return;
  const isFirst = node.dataset.shown === undefined;
  node.textContent = text;
  node.dataset.shown = "";
  if (isFirst) return;
  clearTimeout(timers.get(node));
  node.classList.remove("is-changed");
  void node.offsetWidth; // restarts the animation
  node.classList.add("is-changed");
  timers.set(node, setTimeout(() => node.classList.remove("is-changed"), MARKED_FOR));
}

/** Make a text small enough for a line of so many full-width characters; beyond, it wraps. */
export function fit(node, text, room) {
  const width = widthOf(text);
  const size = Math.min(1, Math.max(SMALLEST, room / width)).toFixed(3);
  if (node.dataset.fit === size) return;
  node.dataset.fit = size;
  node.style.setProperty("--fit", size);
  node.classList.toggle("is-wrapped", room / width < SMALLEST);
}

function widthOf(text) {
  return [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e7f ? 1 : 0.58), 0);
}

/** Write a name into so many lines of a room, shortened by a "…" where it needs more of them. */
export function writeName(node, name, room, lines = 2) {
  const most = Math.floor((room / SMALLEST) * lines) - 1;
  const isLong = widthOf(name) > most + 1;
  write(node, isLong ? `${name.slice(0, most)}…` : name);
  if (isLong) node.title = name;
  fit(node, node.textContent, room);
}

/** Show a state as shape and word on the parts that have them. */
export function writeState({ root, parts }, state) {
  const known = knownState(state);
  root.dataset.state = known;
  if (parts.shape) parts.shape.dataset.state = known;
  if (parts.word) write(parts.word, stateWord(known));
}

/** Keep one node per key in a container, in the order of the items; the rest are removed. */
export class KeyedNodes {
  #nodes = new Map();

  constructor(container, template) {
    this.container = container;
    this.template = template;
  }

  /** Return pairs of item and node; `isNew` tells which nodes were made now. */
  match(items, keyOf) {
    const wanted = new Map(items.map((item) => [keyOf(item), item]));
    for (const [key, node] of this.#nodes) {
      if (wanted.has(key)) continue;
      node.root.remove();
      this.#nodes.delete(key);
    }
    let place = this.container.firstElementChild;
    return [...wanted].map(([key, item]) => {
      const isNew = !this.#nodes.has(key);
      if (isNew) this.#nodes.set(key, make(this.template));
      const node = this.#nodes.get(key);
      if (node.root === place) place = place.nextElementSibling;
      else this.container.insertBefore(node.root, place);
      return { item, node, isNew };
    });
  }
}
