/* A domain or a theme: all its indicators at once, or turning where they are too many. */
import { said } from "../index_panel.js";
import { count, points } from "../format.js";
import { write, writeFigure } from "../nodes.js";
import { fillTile, makeTile, showAge } from "../signs.js";
import { word } from "../words.js";

const TURN_AFTER = 15000;
const REASONS = 4;
// How many fit, in columns of how many rows; `room` is a line's characters at that size.
const LAYOUTS = [
  { most: 14, columns: 2, rows: 7, density: "roomy", room: 26, ownerRoom: 21 },
  { most: 20, columns: 2, rows: 10, density: "wide", room: 26, ownerRoom: 21 },
  { most: 33, columns: 3, rows: 11, density: "middle", room: 18.5, ownerRoom: 13.2 },
  { most: 60, columns: 4, rows: 15, density: "dense", room: 15, ownerRoom: 13.2 },
];

export class Page {
  #tiles = new Map();
  #signs = [];
  #turn = 0;
  #codes = "";

  constructor(main) {
    this.main = main;
    this.base = document.body.dataset.base;
    this.find = (name) => main.querySelector(`[data-sheet-${name}]`);
    this.place = main.querySelector("[data-sheet]");
    this.timer = setInterval(() => this.turn(1, { isAsked: false }), TURN_AFTER);
  }

  stop() {
    clearInterval(this.timer);
  }

  show(content, now) {
    this.#signs = content.signs;
    this.#showHead(content);
    const codes = content.signs.map((sign) => sign.code).join();
    if (codes !== this.#codes) this.#build();
    this.#codes = codes;
    for (const sign of this.#signs) {
      const tile = this.#tiles.get(sign.code);
      if (tile) fillTile(tile, sign, now);
    }
  }

  tick(now) {
    for (const sign of this.#signs) {
      const tile = this.#tiles.get(sign.code);
      if (tile) showAge(tile, sign, now);
    }
  }

  /** Turn to the next part of the page where there is one; a person's turn delays the timer's. */
  turn(step, { isAsked = true } = {}) {
    if (this.#turns < 2 || (document.documentElement.clientWidth <= 900 && !isAsked)) return;
    this.#turn = (this.#turn + step + this.#turns) % this.#turns;
    this.#showTurn();
  }

  get #layout() {
    return LAYOUTS.find(({ most }) => this.#signs.length <= most) ?? LAYOUTS.at(-1);
  }

  get #turns() {
    return Math.max(1, Math.ceil(this.#signs.length / this.#layout.most));
  }

  #build() {
    const { columns, rows, density, room, ownerRoom } = this.#layout;
    const needed = Math.min(this.#signs.length, this.#layout.most);
    this.place.dataset.density = density;
    this.place.style.setProperty("--columns", columns);
    this.place.style.setProperty("--rows", Math.max(Math.ceil(needed / columns), Math.ceil(rows * 0.6)));
    this.#tiles.clear();
    const nodes = this.#signs.map((sign) => {
      const tile = makeTile(sign, { room, ownerRoom, base: this.base });
      this.#tiles.set(sign.code, tile);
      return tile.root;
    });
    this.place.replaceChildren(...nodes);
    this.find("empty").hidden = nodes.length > 0;
    this.#showTurn();
  }

  #showTurn() {
    const { most } = this.#layout;
    const total = this.#turns;
    this.#turn = Math.min(this.#turn, total - 1);
    [...this.place.children].forEach((node, place) => {
      node.classList.toggle("is-turned", Math.floor(place / most) !== this.#turn);
    });
    write(this.find("turn"), total > 1 ? word("turn", { n: this.#turn + 1, total }) : "");
  }

  #showHead({ score, signs }) {
    write(this.find("score"), score ? points(score.score) : "");
    write(this.find("why"), score ? said(score, REASONS) : "");
    for (const node of this.main.querySelectorAll("[data-sheet-count]")) {
      const state = node.dataset.sheetCount;
      writeFigure(node, count(signs.filter((sign) => sign.state === state).length));
    }
  }
}
