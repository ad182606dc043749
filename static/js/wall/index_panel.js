/* The index with its reasons: the whole, and each of the six domains. */
import { points } from "./format.js";
import { KeyedNodes, fit, write, writeFigure } from "./nodes.js";
import { word } from "./words.js";

const REASONS = 3;
const DOMAIN_REASONS = 2;

export class IndexPanel {
  constructor(root, base) {
    const find = (name) => root.querySelector(`[data-index-${name}]`);
    Object.assign(this, { base, score: find("score"), confidence: find("confidence") });
    this.reasons = find("reasons");
    this.rows = new KeyedNodes(find("domains"), "index-domain");
  }

  show({ score, confidence, reasons, reason_count: total, domains }, pages) {
    writeFigure(this.score, points(score));
    const share = Math.floor(confidence * 100);
    write(this.confidence, share < 100 ? word("confidence", { n: share }) : word("fullyKnown"));
    write(this.reasons, said({ reasons, reason_count: total }, REASONS));
    for (const { item, node } of this.rows.match(domains, (domain) => domain.code)) {
      const page = pages?.[domains.indexOf(item)];
      if (page) {
        node.parts.link.href = `${this.base}${page.slug}/`;
        write(node.parts.name, page.name);
      }
      writeFigure(node.parts.score, points(item.score));
      node.parts.bar.style.setProperty("--share", (item.score ?? 0) / 100);
      const known = Math.floor(item.confidence * 100);
      const why = said(item, DOMAIN_REASONS);
      const text = known < 100 ? [word("confidence", { n: known }), why].filter(Boolean).join(" · ") : why;
      write(node.parts.why, text);
      fit(node.parts.why, text, 31);
    }
  }
}

/** Say what costs the most: "扬尘 -6 · 供水压力 -3". */
export function said({ reasons, reason_count: total }, most) {
  const named = reasons.slice(0, most).map(({ name, points: cost }) => `${name} −${points(cost)}`);
  return named.join(" · ") + (total > most ? ` ${word("reasonCount", { n: total })}` : "");
}
