/* The newest events, quietly: a new one slides in at the top, the oldest leaves. */
import { clockTime } from "./format.js";
import { KeyedNodes, write } from "./nodes.js";
import { word } from "./words.js";

const MOST = 6;
const LONGEST = 20;
const empty = document.querySelector("[data-events-empty]");
const rows = new KeyedNodes(document.querySelector("[data-events]"), "event-row");
let isFirst = true;

export function showEvents(events) {
  const newest = events.slice(0, MOST);
  const keyOf = (event) => `${event.number} ${event.at} ${event.action_label}`;
  for (const { item, node, isNew } of rows.match(newest, keyOf)) {
    if (isNew) fill(node, item);
  }
  empty.hidden = newest.length > 0;
  isFirst = false;
}

function fill({ root, parts }, event) {
  const at = new Date(event.at);
  parts.time.dateTime = event.at;
  write(parts.time, clockTime(at));
  write(parts.action, event.action_label);
  write(parts.place, place(event) || word("outside"));
  write(parts.category, event.category ?? "");
  write(parts.state, event.state_label);
  root.dataset.number = event.number;
  if (!isFirst) root.classList.add("is-new");
}

/* A grid whose name tells its street, or fills the line, says the place alone. */
function place({ street, grid }) {
  const whole = [street, grid].filter(Boolean).join(" · ");
  return grid && (grid.startsWith(street) || whole.length > LONGEST) ? grid : whole;
}
