/* What needs attention: vital signs, then streets, the reds before the yellows. */
import { quantity, since } from "./format.js";
import { KeyedNodes, write, writeState } from "./nodes.js";
import { word } from "./words.js";

const MOST = 3;
const empty = document.querySelector("[data-attention-empty]");
const more = document.querySelector("[data-attention-more]");
const rows = new KeyedNodes(document.querySelector("[data-attention]"), "attention-row");
const rank = { red: 0, yellow: 1 };

export function showAttention(indicators, streets, now) {
  const concerns = [...indicators.map(ofIndicator), ...streets.map(ofStreet)]
    .filter((concern) => concern.state in rank)
    .sort((a, b) => rank[a.state] - rank[b.state]);
  for (const { item, node } of rows.match(concerns.slice(0, MOST), (concern) => concern.key)) {
    writeState(node, item.state);
    write(node.parts.name, item.name);
    write(node.parts.value, item.value);
    write(node.parts.since, since(item.since, now));
  }
  const left = concerns.length - MOST;
  write(more, left > 0 ? word("attentionMore", { n: left }) : "");
  write(empty, concerns.length ? "" : calm(indicators));
  empty.hidden = concerns.length > 0;
}

function calm(indicators) {
  const unknown = indicators.filter((one) => one.state !== "normal").length;
  return unknown ? word("attentionUnknown", { n: unknown }) : word("attentionNone");
}

function ofIndicator({ code, name, state, value, unit, precision, since: from }) {
  return { key: code, name, state, since: from, value: `${quantity(value, unit, precision)} ${unit}` };
}

/* A street is named with the vital sign that made it so, and how many more there are. */
function ofStreet({ code, name, state, reasons }) {
  const [first = "", ...others] = reasons;
  const value = others.length ? word("streetReasons", { first, n: reasons.length }) : first;
  return { key: `street ${code}`, name, state, since: null, value };
}
