// A map of areas without outside tiles or glyphs: outlines from our own API, labels in local fonts.
// `new AreaMap({ element, worker, url })`, then `focus({ lon, lat, hasPoint, codes })`, or `mark` to
// leave the view where it is, or `spots(collection, told)` for many places at once.
import { Map as GlMap, Marker, NavigationControl, setWorkerUrl } from "../../vendor/maplibre/maplibre-gl.mjs";
import { DARK, EMPTY, FONT, label as labelPaint, LOCAL_FONTS, palette } from "./look.js";

const ASIDE = { "text-variable-anchor": ["center", "bottom", "top", "left", "right"], "text-radial-offset": 0.7 };

function style() {
  const colours = palette();
  const label = labelPaint(colours);
  return {
    version: 8,
    sources: {
      grids: { type: "geojson", data: EMPTY },
      streets: { type: "geojson", data: EMPTY },
      labels: { type: "geojson", data: EMPTY },
      spots: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": colours.paper } },
      { id: "lit", type: "fill", source: "grids", filter: ["==", ["get", "code"], ""], paint: { "fill-color": colours.lit, "fill-opacity": 0.22 } },
      { id: "grid-lines", type: "line", source: "grids", paint: { "line-color": colours.line, "line-width": 0.8 } },
      { id: "street-lines", type: "line", source: "streets", paint: { "line-color": colours.street, "line-width": 1.8 } },
      { id: "lit-line", type: "line", source: "grids", filter: ["==", ["get", "code"], ""], paint: { "line-color": colours.lit, "line-width": 2.4 } },
      // A spot that counts several grows with their number and says it.
      { id: "spots", type: "circle", source: "spots", paint: { "circle-color": colours.spot, "circle-opacity": 0.82, "circle-stroke-color": colours.halo, "circle-stroke-width": 1.5, "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "count"]], 1, 6, 2, 11, 10, 26] } },
      // Above the spots, which they would else be covered by; out of the way of a number.
      { id: "grid-names", type: "symbol", source: "labels", minzoom: 12.5, filter: ["==", ["get", "level"], "grid"], layout: { "text-field": ["get", "name"], "text-font": FONT, ...ASIDE, "text-size": 12, "text-max-width": 9 }, paint: label },
      { id: "street-names", type: "symbol", source: "labels", maxzoom: 12.5, filter: ["==", ["get", "level"], "street"], layout: { "text-field": ["get", "name"], "text-font": FONT, ...ASIDE, "text-size": 13 }, paint: label },
      { id: "spot-counts", type: "symbol", source: "spots", filter: [">", ["get", "count"], 1], layout: { "text-field": ["to-string", ["get", "count"]], "text-font": FONT, "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": colours.halo } },
    ],
  };
}

const labelsOf = (collection, level) =>
  collection.features.map(({ properties }) => ({
    type: "Feature",
    properties: { name: properties.name, code: properties.code, level },
    geometry: { type: "Point", coordinates: [properties.label.lon, properties.label.lat] },
  }));

function boundsOf(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const widen = (part) => {
    if (typeof part[0] !== "number") part.forEach(widen);
    else {
      box[0] = Math.min(box[0], part[0]);
      box[1] = Math.min(box[1], part[1]);
      box[2] = Math.max(box[2], part[0]);
      box[3] = Math.max(box[3], part[1]);
    }
  };
  features.forEach(({ geometry }) => widen(geometry.coordinates));
  return Number.isFinite(box[0]) ? [[box[0], box[1]], [box[2], box[3]]] : null;
}

async function areas(url, level) {
  const answer = await fetch(`${url}?level=${level}&simplify=5`, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : EMPTY;
}

export class AreaMap {
  constructor({ element, worker, url, levels = ["grid", "street"] }) {
    setWorkerUrl(new URL(worker, window.location.href).href);
    this.element = element;
    this.map = new GlMap({
      container: element, style: style(), center: [118.6, 32.05], zoom: 9, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, keyboard: false, fadeDuration: 0,
      localIdeographFontFamily: LOCAL_FONTS,
    });
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.touchZoomRotate.disableRotation();
    this.ready = this.load(url, levels);
  }

  async load(url, levels) {
    const drawn = new Promise((resolve) => this.map.once("load", resolve));
    const [grids, streets] = await Promise.all([
      levels.includes("grid") ? areas(url, "grid") : EMPTY,
      levels.includes("street") ? areas(url, "street") : EMPTY,
      drawn,
    ]);
    this.grids = grids;
    this.streets = streets;
    this.fill();
    DARK.addEventListener("change", () => {
      this.map.setStyle(style());
      this.map.once("styledata", () => this.fill());
    });
  }

  fill() {
    this.map.getSource("grids").setData(this.grids);
    this.map.getSource("streets").setData(this.streets);
    const features = [...labelsOf(this.grids, "grid"), ...labelsOf(this.streets, "street")];
    this.map.getSource("labels").setData({ type: "FeatureCollection", features });
    this.map.getSource("spots").setData(this.shown || EMPTY);
    if (this.lit) this.light(this.lit);
  }

  // Show many places (GeoJSON points with `count`); `told` gets the properties of the one clicked.
  async spots(collection, told) {
    await this.ready;
    this.shown = collection;
    this.map.getSource("spots").setData(collection);
    this.map.on("click", "spots", ({ features }) => told(features[0].properties));
    this.map.on("mouseenter", "spots", () => { this.map.getCanvas().style.cursor = "pointer"; });
    this.map.on("mouseleave", "spots", () => { this.map.getCanvas().style.cursor = ""; });
  }

  light(code) {
    this.lit = code;
    for (const layer of ["lit", "lit-line"]) {
      // A community is lit by its grids.
      this.map.setFilter(layer, ["any", ["==", ["get", "code"], code], ["==", ["get", "parent"], code]]);
    }
    // The marker stands where the lit area's own name would.
    this.map.setFilter("grid-names", ["all", ["==", ["get", "level"], "grid"], ["!=", ["get", "code"], code]]);
  }

  // Let a click say where; `told` gets degrees in WGS-84.
  onClick(told) {
    this.map.getCanvas().style.cursor = "crosshair";
    this.map.on("click", ({ lngLat }) => told({ lon: lngLat.lng, lat: lngLat.lat }));
  }

  async mark({ lon, lat, hasPoint, codes }) {
    await this.ready;
    this.light(codes.find(Boolean) || "");
    this.marker?.remove();
    if (hasPoint) {
      this.marker = new Marker({ color: "#c5281c" }).setLngLat([lon, lat]).addTo(this.map);
    }
  }

  async focus({ lon, lat, hasPoint, codes }) {
    await this.mark({ lon, lat, hasPoint, codes });
    this.map.resize();
    const [narrowest] = codes.filter(Boolean);
    const inside = this.grids.features.filter(({ properties }) =>
      narrowest && (properties.code === narrowest || properties.parent === narrowest));
    const around = [...this.streets.features, ...this.grids.features].filter(({ properties }) =>
      codes.includes(properties.code));
    const whole = this.grids.features.length ? this.grids.features : this.streets.features;
    const box = boundsOf(inside.length ? inside : around.length ? around : whole);
    // Room around it, so that the neighbours can be read.
    const padding = Math.min(this.element.clientWidth, this.element.clientHeight) * (inside.length ? 0.27 : 0.08);
    if (box) this.map.fitBounds(box, { padding, maxZoom: 14.5, duration: 0 });
    else if (hasPoint) this.map.jumpTo({ center: [lon, lat], zoom: 13 });
  }
}
