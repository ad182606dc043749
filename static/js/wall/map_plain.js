/* The map as a plain drawing (SVG), for screens whose browser has no WebGL. */
import { bounds, labelPoint, rings } from "./outlines.js";
import { Room, extent } from "./room.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 1000;
const MARGIN = 12;
const MARK_SIZE = 23;
const NAME_SIZES = [26, 20]; // a name that finds no room tries once more, smaller
const LIFT = 0.36; // from the middle of a line to its base, as a share of the size

function element(name, attributes, text = "") {
  const node = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

/** Make a function from degrees to the drawing's units, true to shape at this latitude. */
function projection([west, south, east, north]) {
  const scale = HEIGHT / (north - south);
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const project = ([lon, lat]) => [(lon - west) * squeeze * scale, (north - lat) * scale];
  return { project, width: (east - west) * squeeze * scale };
}

function outline(feature, project) {
  const ring = (points) => `M${points.map((point) => project(point).map(Math.round).join(" ")).join("L")}Z`;
  return rings(feature.geometry).map(ring).join("");
}

/** Draw the areas once; the returned object shows states. */
export function drawPlainMap(place, { grid, part, own }) {
  const { project, width } = projection(bounds(own.features));
  const frame = [-MARGIN, -MARGIN, width + MARGIN, HEIGHT + MARGIN];
  const viewBox = `${frame[0]} ${frame[1]} ${width + 2 * MARGIN} ${HEIGHT + 2 * MARGIN}`;
  const picture = element("svg", { viewBox, "aria-hidden": "true" });
  const grids = new Map();
  for (const feature of grid.features) {
    const path = element("path", { class: "plain__grid", d: outline(feature, project), "data-state": "no_data" });
    grids.set(feature.properties.code, { path, at: project(labelPoint(feature)) });
    picture.append(path);
  }
  for (const feature of part.features) {
    picture.append(element("path", { class: "plain__part", d: outline(feature, project) }));
  }
  const marks = [...grids.values()].map((one) => (one.mark = element("text", { class: "plain__mark" })));
  const names = part.features.map((feature) => {
    const node = element("text", { class: "plain__name" }, feature.properties.name);
    return { node, at: project(labelPoint(feature)) };
  });
  picture.append(...marks, ...names.map(({ node }) => node));
  place.replaceChildren(picture);
  const show = (rows) => {
    for (const row of rows) showRow(grids.get(row.code), row);
    arrange(grids, names, frame);
  };
  arrange(grids, names, frame);
  return { show };
}

const SHAPES = { red: "■", yellow: "▲" };

function showRow(grid, { state, open }) {
  if (!grid) return;
  Object.assign(grid, { state, open });
  grid.path.dataset.state = state;
  grid.mark.dataset.state = state;
  grid.mark.textContent = state in SHAPES ? `${SHAPES[state]}${open}` : "";
}

/* Marks first, the graver before the others; names take what room is left. */
function arrange(grids, names, frame) {
  const room = new Room(frame);
  const marked = [...grids.values()].filter(({ mark }) => mark.textContent);
  for (const { mark, at } of marked.sort(byGravity)) {
    put(mark, MARK_SIZE, room.take(extent(mark.textContent, MARK_SIZE), [at]));
  }
  for (const { node, at } of names) {
    const size = NAME_SIZES.find((each) => settle(node, each, around(at, each), room));
    if (!size) put(node, NAME_SIZES[0], null);
  }
}

function settle(node, size, middles, room) {
  const found = room.take(extent(node.textContent, size), middles);
  if (found) put(node, size, found);
  return found !== null;
}

function byGravity(a, b) {
  return Number(b.state === "red") - Number(a.state === "red") || b.open - a.open;
}

function around([x, y], size) {
  return [0, 1.2, -1.2, 2.4, -2.4].map((lines) => [x, y + lines * size]);
}

function put(node, size, middle) {
  node.style.display = middle ? "" : "none";
  if (!middle) return;
  node.setAttribute("x", middle[0]);
  node.setAttribute("y", middle[1] + size * LIFT);
  node.style.fontSize = `${size}px`;
}
