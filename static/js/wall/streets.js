/* The streets, farms and parks: open and overdue as bars on one scale, and today's two flows. */
import { count } from "./format.js";
import { KeyedNodes, write, writeFigure, writeState } from "./nodes.js";
import { word } from "./words.js";

const MOST = 11;
const more = document.querySelector("[data-streets-more]");
const COLUMNS = ["open", "overdue", "accepted_today", "closed_today"];
const rows = new KeyedNodes(document.querySelector("[data-streets]"), "street-row");

export function showStreets(all) {
  const streets = all.length > MOST ? gravest(all) : all;
  write(more, all.length > MOST ? word("streetsMore", { n: MOST }) : "");
  const most = Math.max(1, ...streets.map((street) => street.open));
  for (const { item, node } of rows.match(streets, (street) => street.code)) {
    writeState(node, item.state);
    write(node.parts.name, item.name);
    for (const column of COLUMNS) writeFigure(node.parts[column], count(item[column]));
    const overdue = Math.min(item.overdue, item.open);
    node.root.style.setProperty("--overdue", overdue / most);
    node.root.style.setProperty("--punctual", (item.open - overdue) / most);
  }
}

/* Where there are more than fit (the communities of a large street): those with the most to do. */
function gravest(streets) {
  const order = (a, b) => b.overdue - a.overdue || b.open - a.open || a.code.localeCompare(b.code);
  return streets.toSorted(order).slice(0, MOST);
}
