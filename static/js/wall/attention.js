/* What needs attention: reds before yellows, since when, and who is on it. */
import { quantity, since } from "./format.js";
import { KeyedNodes, fit, write, writeState } from "./nodes.js";
import { ownerOf } from "./signs.js";
import { word } from "./words.js";

const MOST = 5;
const NAME_ROOM = 21;
const WHO_ROOM = 27;
const rank = { red: 0, yellow: 1 };

export class Attention {
  constructor(root, base) {
    this.base = base;
    this.empty = root.querySelector("[data-attention-empty]");
    this.more = root.querySelector("[data-attention-more]");
    this.rows = new KeyedNodes(root.querySelector("[data-attention]"), "attention-row");
  }

  show({ signs, area, episodes = [] }, now) {
    const concerns = signs.filter((sign) => sign.state in rank).sort(byGravity);
    const own = episodes.filter((episode) => episode.area.code === area?.code);
    const orders = new Map(own.map((episode) => [episode.code, episode.order]));
    for (const { item, node } of this.rows.match(concerns.slice(0, MOST), (sign) => sign.code)) {
      node.parts.link.href = `${this.base}indicators/${item.code}/`;
      writeState(node, item.state);
      write(node.parts.name, item.name);
      write(node.parts.value, `${quantity(item.value ?? NaN, item.unit, item.precision)} ${item.unit}`);
      write(node.parts.since, since(item.since, now));
      const said = who(item, orders.get(item.code));
      write(node.parts.who, said);
      fit(node.parts.name, item.name, NAME_ROOM);
      fit(node.parts.who, said, WHO_ROOM);
    }
    const left = concerns.length - MOST;
    write(this.more, left > 0 ? word("attentionMore", { n: left }) : "");
    write(this.empty, concerns.length ? "" : calm(signs));
    this.empty.hidden = concerns.length > 0;
  }
}

function who(sign, order) {
  return order ? word("who", { owner: ownerOf(sign), order }) : ownerOf(sign);
}

function byGravity(a, b) {
  return rank[a.state] - rank[b.state] || b.weight - a.weight || (a.since < b.since ? 1 : -1);
}

function calm(signs) {
  const unknown = signs.filter((sign) => sign.state !== "normal").length;
  return unknown ? word("attentionUnknown", { n: unknown }) : word("attentionNone");
}
