/* The streets, farms and parks: those with the most to do, as many as the panel has room for. */
import { count } from "./format.js";
import { KeyedNodes, write, writeFigure, writeName, writeState } from "./nodes.js";
import { word } from "./words.js";

const MOST = 6;
const NAME_ROOM = 8.6; // full-width characters of the largest size in the first column
const COLUMNS = ["open", "overdue", "accepted_today", "closed_today"];

export class Streets {
  constructor(root) {
    this.more = root.querySelector("[data-streets-more]");
    this.rows = new KeyedNodes(root.querySelector("[data-streets]"), "street-row");
  }

  show(all) {
    const streets = all.length > MOST ? gravest(all) : all;
    write(this.more, all.length > MOST ? word("streetsMore", { n: MOST }) : "");
    for (const { item, node } of this.rows.match(streets, (street) => street.code)) {
      writeState(node, item.state);
      writeName(node.parts.name, item.name, NAME_ROOM, 1);
      for (const column of COLUMNS) writeFigure(node.parts[column], count(item[column]));
    }
  }
}

function gravest(streets) {
  const order = (a, b) => b.overdue - a.overdue || b.open - a.open || a.code.localeCompare(b.code);
  return streets.toSorted(order).slice(0, MOST);
}
