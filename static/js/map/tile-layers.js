// The layers of the district's map, in five groups that can be shown and hidden by themselves.
import { EMPTY, FONT, label, palette } from "./look.js";

const POINTS_FROM = 14;
const HEAT_REACH = ["interpolate", ["linear"], ["zoom"], 8, 20, 12, 42, 15, 70];
const tone = ["case", [">", ["get", "late"], 0], "late", [">", ["get", "soon"], 0], "soon", "calm"];
const many = ["==", ["to-string", ["get", "number"]], ""];
const one = ["!", many];
const level = (number) => ["==", ["get", "level"], number];

export function sources(tiles) {
  const geojson = () => ({ type: "geojson", data: EMPTY });
  return {
    areas: { type: "vector", tiles: [tiles.areas], minzoom: 0, maxzoom: 15 },
    orders: { type: "vector", tiles: [tiles.orders], minzoom: 0, maxzoom: POINTS_FROM },
    workers: geojson(),
    near: geojson(),
    track: geojson(),
    chosen: geojson(),
  };
}

function areaLayers(colours) {
  const line = (id, number, colour, width) => ({
    id, type: "line", source: "areas", "source-layer": "areas", filter: level(number), metadata: { group: "grids" },
    layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": width },
  });
  const name = (id, number, size, zooms) => ({
    id, type: "symbol", source: "areas", "source-layer": "labels", filter: level(number), metadata: { group: "grids" },
    ...zooms, layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": size, "text-max-width": 9 },
    paint: label(colours),
  });
  return [
    { id: "ground", type: "fill", source: "areas", "source-layer": "areas", paint: { "fill-color": colours.ground } },
    line("grid-lines", 4, colours.line, 0.8),
    line("community-lines", 3, colours.line, 1.5),
    line("street-lines", 2, colours.street, 1.8),
    line("district-line", 1, colours.street, 3),
    name("grid-names", 4, 12, { minzoom: 13.5 }),
    name("community-names", 3, 12.5, { minzoom: 12, maxzoom: 13.5 }),
    name("street-names", 2, 14, { maxzoom: 12 }),
  ];
}

function orderLayers(colours) {
  const orders = { source: "orders", "source-layer": "orders", metadata: { group: "orders" } };
  const [weak, middle, strong] = colours.heat;
  return {
    heat: {
      id: "heat", type: "heatmap", source: "orders", "source-layer": "heat", metadata: { group: "heat" },
      layout: { visibility: "none" },
      paint: {
        "heatmap-weight": ["min", 1, ["/", ["get", "count"], 3]], "heatmap-radius": HEAT_REACH,
        "heatmap-intensity": 1.8, "heatmap-opacity": 0.75,
        "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, `${weak}00`, 0.2, weak, 0.6, middle, 1, strong],
      },
    },
    clusters: {
      id: "clusters", type: "circle", ...orders, filter: many,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["ln", ["get", "count"]], 0.69, 15, 4, 24, 7, 34], "circle-color": colours.lit,
        "circle-stroke-width": ["case", [">", ["get", "late"], 0], 4, 2],
        "circle-stroke-color": ["case", [">", ["get", "late"], 0], colours.late, colours.halo],
      },
    },
    counts: {
      id: "counts", type: "symbol", ...orders, filter: many,
      layout: {
        "text-field": ["case", [">", ["get", "late"], 0], ["concat", ["get", "count"], "\n超", ["get", "late"]], ["to-string", ["get", "count"]]],
        "text-font": FONT, "text-size": 12, "text-line-height": 1.05, "text-overlap": "always",
      },
      paint: { "text-color": colours.onLit },
    },
    points: {
      id: "points", type: "symbol", ...orders, filter: one,
      layout: {
        "icon-image": ["concat", "order-", tone], "icon-size": 0.34, "icon-overlap": "always",
        "symbol-sort-key": ["get", "late"], // the graver lies on top
      },
    },
  };
}

function workerLayers(colours) {
  const names = { ...label(colours), "text-color": colours.worker };
  return [
    { id: "track-lines", type: "line", source: "track", metadata: { group: "track" }, layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": colours.worker, "line-width": 3.5, "line-opacity": 0.8 } },
    { id: "near-lines", type: "line", source: "near", metadata: { group: "workers" }, paint: { "line-color": colours.worker, "line-width": 1.6, "line-dasharray": [2, 2] } },
    { id: "chosen-ring", type: "circle", source: "chosen", paint: { "circle-radius": 17, "circle-opacity": 0, "circle-stroke-width": 3, "circle-stroke-color": colours.lit } },
    {
      id: "workers", type: "symbol", source: "workers", metadata: { group: "workers" },
      layout: {
        "icon-image": ["case", ["get", "isOld"], "worker-old", "worker"], "icon-size": ["case", ["get", "isNear"], 0.52, 0.4], "icon-overlap": "always",
        "text-field": ["step", ["zoom"], "", 12, ["get", "said"]], "text-font": FONT, "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.9], "text-optional": true,
        "symbol-sort-key": ["case", ["get", "isNear"], 1, 0],
      },
      paint: names,
    },
  ];
}

export function layers() {
  const colours = palette();
  const { heat, clusters, counts, points } = orderLayers(colours);
  const paper = { id: "paper", type: "background", paint: { "background-color": colours.paper } };
  const [track, near, ring, workers] = workerLayers(colours);
  const [ground, ...areas] = areaLayers(colours);
  return [paper, ground, heat, ...areas, track, near, clusters, counts, ring, points, workers];
}
