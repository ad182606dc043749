/* The map of grids: loads the outlines once, then only changes states. Without WebGL: a drawing. */
import { count } from "./format.js";
import { writeFigure } from "./nodes.js";
import { knownState, word } from "./words.js";

const RETRY_AFTER = 15000;

export class GridMap {
  #drawing = null;
  #rows = null;

  constructor(page, root) {
    this.page = page;
    this.place = root.querySelector("[data-map]");
    this.notice = root.querySelector("[data-map-notice]");
    this.total = root.querySelector("[data-grid-total]");
    this.#start();
  }

  /** Show the states of all grids; counts appear even while there is no map. */
  show(rows) {
    this.#rows = rows;
    writeFigure(this.total, count(rows.length));
    for (const node of document.querySelectorAll("[data-grid-count]")) {
      const state = node.dataset.gridCount;
      writeFigure(node, count(rows.filter((row) => row.state === state).length));
    }
    this.#drawing?.show(rows.map((row) => ({ ...row, state: knownState(row.state) })));
  }

  async #start() {
    try {
      this.#drawing = await this.#draw(await this.#areas());
      if (this.#rows) this.show(this.#rows);
    } catch {
      this.#tell("mapMissing");
      setTimeout(() => this.#start(), RETRY_AFTER);
    }
  }

  /* The wall's own area, the parts that it shows as lines, and its grids. */
  async #areas() {
    const answer = await fetch(`${this.page.api}outlines/`);
    if (!answer.ok) throw new Error(answer.statusText);
    const areas = await answer.json();
    if (!areas.own.features.length || !areas.grid.features.length) throw new Error("no outlines");
    return areas;
  }

  async #draw(areas) {
    const hasGraphics = document.createElement("canvas").getContext("webgl2") !== null;
    if (hasGraphics) {
      try {
        const { openMap } = await import("./map_gl.js");
        const map = await openMap(this.place, areas, this.page.mapUrl);
        this.notice.hidden = true;
        return map;
      } catch {
        this.place.replaceChildren();
      }
    }
    const { drawPlainMap } = await import("./map_plain.js");
    this.#tell("mapPlain");
    return drawPlainMap(this.place, areas);
  }

  #tell(key) {
    this.notice.textContent = word(key);
    this.notice.hidden = false;
  }
}
