/* The map as a plain drawing (SVG), for screens whose browser has no WebGL. */
import { bounds, labelPoint, rings } from "./outlines.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 1000;

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
  const picture = element("svg", { viewBox: `-12 -12 ${width + 24} ${HEIGHT + 24}`, "aria-hidden": "true" });
  const byCode = new Map();
  const marks = new Map();
  for (const feature of grid.features) {
    const path = element("path", { class: "plain__grid", d: outline(feature, project), "data-state": "no_data" });
    byCode.set(feature.properties.code, path);
    picture.append(path);
  }
  for (const feature of part.features) {
    picture.append(element("path", { class: "plain__part", d: outline(feature, project) }));
  }
  for (const feature of grid.features) {
    const [x, y] = project(labelPoint(feature));
    const mark = element("text", { class: "plain__mark", x, y: y + 5 });
    marks.set(feature.properties.code, mark);
    picture.append(mark);
  }
  for (const feature of part.features) {
    const [x, y] = project(labelPoint(feature));
    picture.append(element("text", { class: "plain__name", x, y }, feature.properties.name));
  }
  place.replaceChildren(picture);
  return { show: (rows) => rows.forEach((row) => showRow(byCode.get(row.code), marks.get(row.code), row)) };
}

const SHAPES = { red: "■", yellow: "▲" };

function showRow(path, mark, { state, open }) {
  if (!path || (path.dataset.state === state && mark.dataset.open === String(open))) return;
  path.dataset.state = state;
  Object.assign(mark.dataset, { state, open });
  mark.textContent = state in SHAPES ? `${SHAPES[state]}${open}` : "";
}
