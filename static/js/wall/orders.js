/* The orders behind an indicator, without personal data; a screen without a person sees numbers. */
import { clockTime, count } from "./format.js";
import { KeyedNodes, write } from "./nodes.js";
import { Source } from "./source.js";
import { word } from "./words.js";

export class Orders {
  #code = "";

  constructor(root) {
    const main = root.dataset;
    this.url = main.rows;
    this.isDisplay = document.body.dataset.display === "yes";
    this.empty = root.querySelector("[data-orders-empty]");
    this.note = root.querySelector("[data-orders-note]");
    this.where = root.querySelector("[data-orders-where]");
    this.rows = new KeyedNodes(root.querySelector("[data-orders]"), "order-row");
    this.source = new Source({ url: this.url, spacing: 1000, onValue: (found) => this.#show(found) });
  }

  read() {
    this.source.ask();
  }

  stop() {
    this.source.stop();
  }

  choose(code, name) {
    this.#code = code;
    write(this.where, name ? ` · ${name}` : "");
    this.source.url = code ? `${this.url}?area=${encodeURIComponent(code)}` : this.url;
    this.read();
  }

  #show({ is_counted: isCounted, total, rows }) {
    for (const { item, node } of this.rows.match(rows, (row) => row.number)) this.#fill(node, item);
    const key = total > rows.length ? "ordersNewest" : "ordersTotal";
    write(this.note, total ? word(key, { n: count(total), most: rows.length }) : "");
    write(this.empty, word(isCounted ? "ordersNone" : "ordersNotCounted"));
    this.empty.hidden = rows.length > 0;
  }

  #fill({ root, parts }, row) {
    write(parts.number, row.number);
    if (!this.isDisplay) parts.number.href = `/console/?order=${encodeURIComponent(row.number)}`;
    write(parts.state, row.state);
    write(parts.category, row.category ?? "");
    write(parts.place, row.place ?? "");
    const due = row.due_at ? new Date(row.due_at) : null;
    write(parts.due, due ? `${clockTime(due, "monthDay")} ${clockTime(due, "minute")}` : "");
    root.classList.toggle("is-overdue", Boolean(row.is_overdue));
  }
}
