/* The head of every page: the index, the tally of states, who is on duty; and the tabs' marks. */
import { count, points } from "./format.js";
import { write, writeFigure } from "./nodes.js";
import { word } from "./words.js";

const WORSE = ["red", "yellow"];

export class Head {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`[data-${name}]`);
  }

  show(content) {
    const { index, tally, duty, pages } = content;
    this.#showIndex(index);
    this.#showTally(tally);
    if (duty) this.#showDuty(duty);
    this.#showTabs(pages);
  }

  #showIndex({ score, confidence }) {
    writeFigure(this.find("head-score"), points(score));
    const share = Math.floor(confidence * 100);
    write(this.find("head-confidence"), share < 100 ? word("confidence", { n: share }) : "");
  }

  #showTally(tally) {
    for (const node of this.root.querySelectorAll("[data-tally-count]")) {
      writeFigure(node, count(tally[node.dataset.tallyCount]));
    }
  }

  #showDuty({ leader, officers }) {
    write(this.find("duty-leader"), leader || word("nobody"));
    write(this.find("duty-officers"), officers.join("、") || word("nobody"));
  }

  /* A tab tells how many reds and yellows its page has. */
  #showTabs(pages) {
    for (const { slug, states } of pages) {
      const place = this.root.querySelector(`[data-page-marks="${slug}"]`);
      const text = WORSE.map((state) => `${state}${states[state]}`).join();
      if (!place || place.dataset.shown === text) continue;
      place.dataset.shown = text;
      const bad = WORSE.filter((state) => states[state]);
      place.replaceChildren(...(bad.length ? bad : ["normal"]).flatMap((state) => mark(state, states)));
    }
  }
}

function mark(state, states) {
  const shape = document.createElement("i");
  shape.className = "shape";
  shape.dataset.state = state;
  return state === "normal" ? [shape] : [shape, document.createTextNode(String(states[state]))];
}
