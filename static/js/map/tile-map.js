// The district's map: areas and orders as tiles, people as points; told what to show by its page.
import { Map as GlMap, NavigationControl, ScaleControl, setWorkerUrl } from "../../vendor/maplibre/maplibre-gl.mjs";
import { DARK, EMPTY, LOCAL_FONTS, palette } from "./look.js";
import { disc, mark, person, square, triangle } from "./marks.js";
import { layers, sources } from "./tile-layers.js";

const OPENING_LIMIT = 20_000;
const CLICKED = ["workers", "points", "clusters"];
const REACH = 8; // pixels around a click, for fingers
const MOST_TOGETHER = 8;

const tileUrl = (kind, query) =>
  `${window.location.origin}/api/v1/tiles/${kind}/{z}/{x}/{y}/${query ? `?${query}` : ""}`;
const point = ({ lon, lat }) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } });
const collection = (features) => ({ type: "FeatureCollection", features });

export class TileMap {
  #shown = { workers: EMPTY, near: EMPTY, track: EMPTY, chosen: EMPTY };
  #hidden = new Set(["heat"]);

  constructor({ element, worker, bounds, query }) {
    setWorkerUrl(new URL(worker, window.location.href).href);
    this.query = query;
    this.map = new GlMap({
      container: element, style: this.#style(), bounds, fitBoundsOptions: { padding: 24 }, hash: "map",
      attributionControl: false, dragRotate: false, pitchWithRotate: false, fadeDuration: 0, maxZoom: 18,
      localIdeographFontFamily: LOCAL_FONTS,
    });
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
    this.map.touchZoomRotate.disableRotation();
    this.map.on("style.load", () => this.#dress());
    DARK.addEventListener("change", () => this.map.setStyle(this.#style(), { diff: false }));
  }

  ready() {
    return new Promise((resolve, reject) => {
      this.map.once("load", resolve);
      setTimeout(() => reject(new Error("map not drawn in time")), OPENING_LIMIT);
    });
  }

  #style() {
    const tiles = { areas: tileUrl("areas"), orders: tileUrl("orders", this.query) };
    return { version: 8, sources: sources(tiles), layers: layers() };
  }

  // After each change of theme, too: pictures and data are the style's.
  #dress() {
    const { lit, soon, late, worker, halo } = palette();
    const pictures = {
      "order-calm": mark({ fill: lit, edge: halo, path: disc }),
      "order-soon": mark({ fill: soon, edge: halo, path: triangle }),
      "order-late": mark({ fill: late, edge: halo, path: square }),
      worker: mark({ fill: worker, edge: halo, path: person }),
      "worker-old": mark({ fill: halo, edge: worker, path: person }),
    };
    for (const [name, image] of Object.entries(pictures)) {
      if (!this.map.hasImage(name)) this.map.addImage(name, image);
    }
    for (const [name, content] of Object.entries(this.#shown)) this.map.getSource(name).setData(content);
    for (const group of this.#hidden) this.toggle(group, false);
  }

  #put(name, features) {
    this.#shown[name] = collection(features);
    this.map.getSource(name)?.setData(this.#shown[name]);
  }

  toggle(group, isShown) {
    if (isShown) this.#hidden.delete(group);
    else this.#hidden.add(group);
    for (const { id, metadata } of this.map.getStyle().layers) {
      if (metadata?.group === group) this.map.setLayoutProperty(id, "visibility", isShown ? "visible" : "none");
    }
  }

  narrow(query) {
    this.query = query;
    this.map.getSource("orders").setTiles([tileUrl("orders", query)]);
  }

  // Tiles stay drawn until the new ones are there.
  refresh() {
    this.map.refreshTiles("orders");
  }

  showWorkers = (features) => this.#put("workers", features);
  showTrack = (features) => this.#put("track", features);

  choose(place) {
    this.#put("chosen", place ? [point(place)] : []);
  }

  join(place, others) {
    const line = (other) => ({ type: "LineString", coordinates: [[place.lon, place.lat], other.geometry.coordinates] });
    this.#put("near", others.map((other) => ({ type: "Feature", properties: {}, geometry: line(other) })));
  }

  goTo({ lon, lat }, zoom = 15) {
    this.map.jumpTo({ center: [lon, lat], zoom: Math.max(this.map.getZoom(), zoom) });
  }

  fit(places) {
    const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
    const box = [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
    this.map.fitBounds(box, { padding: 70, maxZoom: 16, duration: 0 });
  }

  // What lies under a click: people first, then orders, then a cluster, which opens.
  onChoice({ worker, orders }) {
    this.map.on("click", ({ point: at, lngLat }) => {
      const box = [[at.x - REACH, at.y - REACH], [at.x + REACH, at.y + REACH]];
      const found = this.map.queryRenderedFeatures(box, { layers: CLICKED.filter((id) => this.map.getLayer(id)) });
      const of = (id) => found.filter(({ layer }) => layer.id === id);
      const numbers = [...new Set(of("points").map(({ properties }) => properties.number))];
      if (of("workers").length) worker(of("workers")[0].properties);
      else if (numbers.length) orders(numbers.slice(0, MOST_TOGETHER), { lon: lngLat.lng, lat: lngLat.lat });
      else if (of("clusters").length) {
        this.map.easeTo({ center: of("clusters")[0].geometry.coordinates, zoom: Math.min(this.map.getZoom() + 2, 14.5) });
      }
    });
    for (const id of CLICKED) {
      this.map.on("mouseenter", id, () => (this.map.getCanvas().style.cursor = "pointer"));
      this.map.on("mouseleave", id, () => (this.map.getCanvas().style.cursor = ""));
    }
  }
}
