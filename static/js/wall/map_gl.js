/* The map by maplibre: geometry is sent once, states follow as feature-state. */
import * as maplibregl from "../../vendor/maplibre/maplibre-gl.mjs";
import { addImages } from "./map_images.js";
import { layers, resize } from "./map_style.js";
import { bounds, points } from "./outlines.js";

const OPENING_LIMIT = 20000;
const HOT = ["yellow", "red"];

/** Open the map in a place; resolves when it is drawn, rejects when it cannot be. */
export async function openMap(place, areas, mapUrl) {
  maplibregl.setWorkerUrl(new URL(`${mapUrl}maplibre-gl-worker.mjs`, location.href).href);
  const box = bounds(areas.own.features);
  const map = new maplibregl.Map({
    container: place,
    style: style(areas),
    bounds: box,
    fitBoundsOptions: { padding: padding(place) },
    interactive: false,
    attributionControl: false,
    fadeDuration: 0,
  });
  addImages(map);
  await opened(map);
  map.on("resize", () => {
    map.fitBounds(box, { padding: padding(place), animate: false });
    resize(map);
  });
  // The place may have changed its size while the map was opening, such as for an alarm.
  map.resize();
  return new StateMap(map, areas.grid.features);
}

function opened(map) {
  return new Promise((resolve, reject) => {
    map.once("load", resolve);
    setTimeout(() => reject(new Error("map not drawn in time")), OPENING_LIMIT);
  });
}

function padding(place) {
  return Math.round(Math.min(place.clientWidth, place.clientHeight) * 0.025);
}

function style(areas) {
  const source = (data) => ({ type: "geojson", data, tolerance: 0.2 });
  const named = ({ properties }) => ({ name: properties.name });
  return {
    version: 8,
    sources: {
      grid: source(areas.grid),
      part: source(areas.part),
      own: source(areas.own),
      names: source(points(areas.part.features, named)),
      hot: source(points([])),
    },
    layers: layers(),
  };
}

class StateMap {
  #shown = new Map();
  #hot = "";

  constructor(map, features) {
    this.map = map;
    this.byCode = new Map(features.map((feature) => [feature.properties.code, feature]));
  }

  show(rows) {
    for (const row of rows) this.#colour(row);
    this.#mark(rows.filter((row) => HOT.includes(row.state) && this.byCode.has(row.code)));
  }

  #colour({ code, state }) {
    const feature = this.byCode.get(code);
    if (!feature || this.#shown.get(code) === state) return;
    this.map.setFeatureState({ source: "grid", id: feature.id }, { state });
    this.#shown.set(code, state);
  }

  #mark(rows) {
    const wanted = JSON.stringify(rows.map(({ code, state, open }) => [code, state, open]));
    if (wanted === this.#hot) return;
    this.#hot = wanted;
    const byCode = new Map(rows.map((row) => [row.code, row]));
    const features = rows.map((row) => this.byCode.get(row.code));
    const properties = (feature) => byCode.get(feature.properties.code);
    this.map.getSource("hot").setData(points(features, properties));
  }
}
