/* How the map looks: colours from the page's style sheet, sizes in the wall's units. */
const FONT = ["Noto Sans CJK SC"];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** One unit of the wall in pixels of the page. */
function unit() {
  const size = parseFloat(getComputedStyle(document.body).fontSize);
  return window.innerWidth <= 900 ? 0.7 : size / 16;
}

const SIZES = {
  names: { "text-size": 16 },
  hot: { "text-size": 18, "icon-size": 17 / 64 },
};
const WIDTHS = { grids: 1, parts: 2.2, own: 3, glow: 14 };

/** Fit sizes to the screen again. */
export function resize(map) {
  const u = unit();
  for (const [layer, sizes] of Object.entries(SIZES)) {
    for (const [name, size] of Object.entries(sizes)) map.setLayoutProperty(layer, name, size * u);
  }
  for (const [layer, width] of Object.entries(WIDTHS)) {
    map.setPaintProperty(layer, "line-width", width * u);
  }
}

export function layers() {
  const state = ["feature-state", "state"];
  const byState = (values, other) => ["match", ["coalesce", state, "no_data"], ...values, other];
  const fill = ["normal", colour("map-ok"), "yellow", colour("map-warn"), "red", colour("map-bad")];
  return [
    line("glow", "own", colour("accent-deep"), { "line-blur": 12 * unit(), "line-opacity": 0.5 }),
    {
      id: "fills",
      type: "fill",
      source: "grid",
      paint: { "fill-color": byState(fill, colour("map-void")) },
    },
    {
      id: "hatch",
      type: "fill",
      source: "grid",
      paint: { "fill-pattern": "hatch", "fill-opacity": byState(["normal", 0, "yellow", 0, "red", 0], 1) },
    },
    line("grids", "grid", colour("map-line"), { "line-opacity": 0.75 }),
    line("parts", "part", colour("map-part")),
    line("own", "own", colour("map-own")),
    names(),
    hot(), // last, so that marks are placed first and names step aside
  ];
}

function line(id, source, lineColour, paint = {}) {
  return {
    id,
    type: "line",
    source,
    layout: { "line-join": "round" },
    paint: { "line-color": lineColour, "line-width": WIDTHS[id] * unit(), ...paint },
  };
}

function hot() {
  return {
    id: "hot",
    type: "symbol",
    source: "hot",
    layout: {
      "icon-image": ["concat", "mark-", ["get", "state"]],
      "icon-size": SIZES.hot["icon-size"] * unit(),
      "icon-padding": 0,
      "text-field": ["to-string", ["get", "open"]],
      "text-font": FONT,
      "text-size": SIZES.hot["text-size"] * unit(),
      "text-anchor": "left",
      "text-offset": [0.6, 0],
      "text-padding": 0,
      // Where marks would cover each other the graver one stays.
      "symbol-sort-key": ["-", ["case", ["==", ["get", "state"], "red"], -1000, 0], ["get", "open"]],
    },
    paint: {
      "text-color": "#ffffff",
      "text-halo-color": colour("ground"),
      "text-halo-width": 2,
    },
  };
}

function names() {
  return {
    id: "names",
    type: "symbol",
    source: "names",
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": SIZES.names["text-size"] * unit(),
      "text-max-width": 12,
      // A name that finds no room of its own is left out: two on top of each other say nothing.
      "text-overlap": "never",
      "text-variable-anchor": [
        "center", "bottom", "top", "right", "left", "bottom-right", "top-left", "bottom-left", "top-right",
      ],
      "text-radial-offset": 0.6,
      "text-padding": 0,
    },
    paint: {
      "text-color": colour("text"),
      "text-halo-color": colour("ground"),
      "text-halo-width": 2,
    },
  };
}
