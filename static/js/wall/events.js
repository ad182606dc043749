/* The newest events, quietly: a new one slides in at the top, the oldest leaves. */
import { clockTime } from "./format.js";
import { KeyedNodes, write } from "./nodes.js";
import { word } from "./words.js";

const MOST = 4;
const LONGEST = 20;

export class Events {
  #isFirst = true;

  constructor(root) {
    this.empty = root.querySelector("[data-events-empty]");
    this.rows = new KeyedNodes(root.querySelector("[data-events]"), "event-row");
  }

  show(events) {
    const newest = events.slice(0, MOST);
    const keyOf = (event) => `${event.number} ${event.at} ${event.action_label}`;
    for (const { item, node, isNew } of this.rows.match(newest, keyOf)) {
      if (isNew) this.#fill(node, item);
    }
    this.empty.hidden = newest.length > 0;
    this.#isFirst = false;
  }

  #fill({ root, parts }, event) {
    parts.time.dateTime = event.at;
    write(parts.time, clockTime(new Date(event.at)));
    write(parts.action, event.action_label);
    write(parts.place, place(event) || word("outside"));
    write(parts.category, event.category ?? "");
    root.dataset.number = event.number;
    if (!this.#isFirst) root.classList.add("is-new");
  }
}

/* A grid whose name tells its street, or fills the line, says the place alone. */
function place({ street, grid }) {
  const whole = [street, grid].filter(Boolean).join(" · ");
  return grid && (grid.startsWith(street) || whole.length > LONGEST) ? grid : whole;
}
