// Draws on the grid's map what the server has not confirmed of the way, and where one stands. A gap
// stays a gap: nothing is drawn between two fixes that are too far apart in time.

import { place } from "../mobile/grid_map.js";

const GAP_S = 120;
const UNSURE_M = 200;
const SVG = "http://www.w3.org/2000/svg";

export function stretches(fixes) {
  const found = [];
  for (const fix of fixes.filter(([, , , accuracy]) => accuracy <= UNSURE_M)) {
    const before = found.at(-1)?.at(-1);
    if (before && fix[0] - before[0] <= GAP_S) found.at(-1).push(fix);
    else found.push([fix]);
  }
  return found;
}

export function drawWay(fixes) {
  const map = document.querySelector("[data-way-last]");
  if (map === null) return;
  const last = map.dataset.wayLast.split(",").map(Number);
  const isNext = last.length === 3 && fixes.length && fixes[0][0] - last[0] <= GAP_S && fixes[0][0] >= last[0];
  const whole = isNext ? [[...last, 0], ...fixes] : fixes;
  tell(map, fixes.length > 0);
  map.querySelector("[data-way-local]").replaceChildren(...stretches(whole).map((stretch) => path(map, stretch)));
}

// What is only on this phone yet is drawn in dots, and said so beside the server's figure.
function tell(map, isUnsent) {
  const words = document.querySelector("[data-way-words]");
  words.dataset.known ??= words.textContent;
  const isKnown = map.querySelector(".way:not(.way--own) path") !== null;
  const known = isKnown || !isUnsent ? `${words.dataset.known} ` : "";
  words.textContent = `${known}${isUnsent ? "点线还没发出" : ""}`.trim();
}

function path(map, stretch) {
  const { west, north, perLon, perLat } = map.dataset;
  const at = ([, lon, lat]) => `${((lon - west) * perLon).toFixed(1)},${((north - lat) * perLat).toFixed(1)}`;
  const points = stretch.map(at);
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", `M${(points.length > 1 ? points : [...points, ...points]).join("L")}`);
  return drawn;
}

export function drawHere(here) {
  const map = document.querySelector("[data-way-last]");
  if (map !== null && here !== null) place(map, here);
}
