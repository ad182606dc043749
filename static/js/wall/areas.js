/* Where in the area an indicator stands so: its parts, the worst first; a touch narrows the orders. */
import { quantity, since } from "./format.js";
import { KeyedNodes, write, writeFigure, writeState } from "./nodes.js";
import { word } from "./words.js";

export class Areas {
  #chosen = "";

  constructor(root, onChoice) {
    this.empty = root.querySelector("[data-areas-empty]");
    this.note = root.querySelector("[data-areas-note]");
    this.rows = new KeyedNodes(root.querySelector("[data-areas]"), "area-row");
    this.onChoice = onChoice;
  }

  show({ areas, sign }, now) {
    for (const { item, node, isNew } of this.rows.match(areas, (area) => area.code)) {
      writeState(node, item.state);
      write(node.parts.name, item.name);
      writeFigure(node.parts.value, `${quantity(item.value ?? NaN, sign.unit, sign.precision)} ${sign.unit}`);
      write(node.parts.since, since(item.since, now));
      if (isNew) node.parts.choose.addEventListener("click", () => this.#choose(item, node));
    }
    write(this.note, areas.length ? word("rest", { n: areas.length }) : "");
    this.empty.hidden = areas.length > 0;
  }

  /* A second touch goes back to the whole area. */
  #choose({ code, name }, node) {
    this.#chosen = this.#chosen === code ? "" : code;
    for (const row of node.root.parentNode.children) {
      row.querySelector("button").setAttribute("aria-pressed", String(row === node.root && this.#chosen !== ""));
    }
    this.onChoice(this.#chosen, this.#chosen ? name : "");
  }
}
