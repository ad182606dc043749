/* The large figures of today and the tally of states. */
import { NOTHING, count, quantity } from "./format.js";
import { writeFigure } from "./nodes.js";
import { word } from "./words.js";

const COUNTS = ["registered_today", "accepted_today", "closed_today", "open", "overdue"];
const RATES = ["on_time_rate", "satisfaction_rate"];
const field = (name) => document.querySelector(`[data-figure="${name}"]`);

/** Read a rate that comes as a share alone or with the two numbers it was made of. */
export function parts({ value, numerator, denominator }) {
  if (value === null || !denominator) return word("noDenominator");
  return word("parts", { numerator: count(numerator), denominator: count(denominator) });
}

export function showFigures(summary) {
  for (const name of COUNTS) writeFigure(field(name), count(summary[name]));
  const share = summary.open ? summary.overdue / summary.open : NaN;
  const shown = quantity(share, "%", 1);
  writeFigure(field("overdue_share"), shown === NOTHING ? NOTHING : `${shown}%`);
  for (const name of RATES) {
    writeFigure(field(name), quantity(summary[name].value ?? NaN, "%", 1));
    writeFigure(field(`${name}_parts`), parts(summary[name]));
  }
}

export function showTally(indicators) {
  for (const node of document.querySelectorAll("[data-tally-count]")) {
    const state = node.dataset.tallyCount;
    writeFigure(node, count(indicators.filter((one) => one.state === state).length));
  }
}
