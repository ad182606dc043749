/* All vital signs in fixed places: chosen tiles in six domains, one mark for each other sign. */
import { points } from "./format.js";
import { make, write } from "./nodes.js";
import { fillTile, makeTile, showAge } from "./signs.js";
import { knownState, stateWord, word } from "./words.js";

const ROOM = 10.2; // characters of the largest size in a tile's line

export class Vitals {
  #groups = new Map();
  #tiles = new Map();
  #layout = "";
  #signs = [];

  constructor(root, base) {
    this.place = root.querySelector("[data-tiles]");
    this.base = base;
  }

  /** Show the signs; nodes are made again only when the layout itself was changed. */
  show(content, now) {
    const layout = JSON.stringify([content.chosen, content.signs.map((sign) => sign.code)]);
    if (layout !== this.#layout) this.#build(content);
    this.#layout = layout;
    this.#signs = content.signs;
    const names = new Map(content.index.domains.map((domain) => [domain.code, domain]));
    for (const [code, group] of this.#groups) this.#showGroup(code, group, names.get(code));
    this.tick(now, true);
  }

  /** Write how old each value is; called every second, changes text once a minute. */
  tick(now, isWhole = false) {
    for (const sign of this.#signs) {
      const tile = this.#tiles.get(sign.code);
      if (tile && isWhole) fillTile(tile, sign, now);
      else if (tile) showAge(tile, sign, now);
    }
  }

  #build({ chosen, signs, pages }) {
    this.#groups.clear();
    this.#tiles.clear();
    const byCode = new Map(signs.map((sign) => [sign.code, sign]));
    const nodes = Object.entries(chosen).map(([domain, codes], place) => {
      const group = make("domain-group");
      group.root.dataset.domain = domain;
      group.parts.link.href = `${this.base}${pages[place].slug}/`;
      write(group.parts.name, pages[place].name);
      for (const code of codes) {
        const tile = makeTile(byCode.get(code), { room: ROOM, base: this.base });
        this.#tiles.set(code, tile);
        group.parts.tiles.append(tile.root);
      }
      group.rest = signs.filter((sign) => sign.domain === domain && !codes.includes(sign.code));
      group.parts.marks.replaceChildren(...group.rest.map(mark));
      this.#groups.set(domain, group);
      return group.root;
    });
    this.place.replaceChildren(...nodes);
  }

  #showGroup(domain, group, score) {
    const own = this.#signs.filter((sign) => sign.domain === domain);
    const rest = own.filter((sign) => !this.#tiles.has(sign.code));
    const marks = group.parts.marks.children;
    rest.forEach((sign, place) => {
      const state = knownState(sign.state);
      if (marks[place].dataset.state !== state) marks[place].dataset.state = state;
    });
    write(group.parts.score, points(score.score));
    write(group.parts.note, word("rest", { n: own.length }));
    group.parts.marks.setAttribute("aria-label", word("restMarks", { n: rest.length, states: tally(rest) }));
  }
}

function mark() {
  const shape = document.createElement("i");
  shape.className = "shape";
  return shape;
}

function tally(signs) {
  const counts = Map.groupBy(signs, (sign) => knownState(sign.state));
  return [...counts].map(([state, rows]) => `${stateWord(state)} ${rows.length}`).join("，");
}
