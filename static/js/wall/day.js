/* A day of states as a strip, and the newest changes of state in words. */
import { clockTime, quantity } from "./format.js";
import { KeyedNodes, write, writeState } from "./nodes.js";
import { knownState, stateWord, word } from "./words.js";

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const HOUR_MARKS = 8;
const WIDE_ENOUGH = 0.06; // of the strip, for a word to fit
const lists = new WeakMap();

export function drawDay(root, { stretches }, now) {
  const strip = root.querySelector("[data-day]");
  const start = now.getTime() - DAY;
  const nodes = stretches.map((stretch) => {
    const since = Math.max(start, Date.parse(stretch.since));
    const share = (Date.parse(stretch.until) - since) / DAY;
    return part(knownState(stretch.state), share);
  });
  strip.replaceChildren(...nodes);
  strip.setAttribute("aria-label", stretches.map(said).join("；"));
  root.querySelector("[data-day-note]").replaceChildren(...legend(stretches, start));
  const hours = root.querySelector("[data-day-hours]");
  hours.replaceChildren(
    ...Array.from({ length: HOUR_MARKS + 1 }, (_, place) => {
      const mark = document.createElement("li");
      mark.textContent = clockTime(new Date(start + (place * DAY) / HOUR_MARKS), "minute");
      return mark;
    }),
  );
}

function part(state, share) {
  const node = document.createElement("span");
  node.className = "day__part";
  node.dataset.state = state;
  node.style.setProperty("--share", Math.max(0, share));
  if (share > WIDE_ENOUGH) node.textContent = stateWord(state);
  return node;
}

/* How long each state held, with its shape: the strip itself has no room for shapes. */
function legend(stretches, start) {
  const held = new Map();
  for (const { since, until, state } of stretches) {
    const time = Date.parse(until) - Math.max(start, Date.parse(since));
    held.set(knownState(state), (held.get(knownState(state)) ?? 0) + time);
  }
  return [...held].map(([state, time]) => {
    const [line, shape] = [document.createElement("span"), document.createElement("i")];
    shape.className = "shape";
    shape.dataset.state = state;
    const n = quantity(time / HOUR, "", 1, 0);
    line.append(shape, word("hours", { state: stateWord(state), n }));
    return line;
  });
}

function said({ since, state }) {
  return `${clockTime(new Date(since), "minute")} 起 ${stateWord(knownState(state))}`;
}

export function drawChanges(root, { changes, sign }) {
  const place = root.querySelector("[data-changes]");
  if (!lists.has(place)) lists.set(place, new KeyedNodes(place, "change-row"));
  for (const { item, node } of lists.get(place).match(changes, (change) => change.at)) {
    const at = new Date(item.at);
    write(node.parts.time, `${clockTime(at, "monthDay")} ${clockTime(at)}`);
    writeState(node, item.state);
    write(node.parts.value, `${quantity(item.value ?? NaN, sign.unit, sign.precision)} ${sign.unit}`);
    write(node.parts.reason, item.reason);
  }
  root.querySelector("[data-changes-empty]").hidden = changes.length > 0;
}
