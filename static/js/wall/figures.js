/* The large figures of today and the tally of states. */
import { NOTHING, count, quantity } from "./format.js";
import { writeFigure } from "./nodes.js";
import { word } from "./words.js";

const COUNTS = ["registered_today", "accepted_today", "closed_today", "open", "overdue"];
const RATES = ["on_time_rate", "satisfaction_rate"];
const field = (name) => document.querySelector(`[data-figure="${name}"]`);

/** Write the two numbers that a rate is made of, or that there is nothing to count yet. */
export function parts({ value, numerator, denominator }) {
  if (value === null || !denominator) return word("noDenominator");
  // "Basically satisfied" counts for a part of one, so a numerator may have a decimal.
  return word("parts", { numerator: quantity(numerator, "", 1, 0), denominator: count(denominator) });
}

export function showFigures(summary) {
  for (const name of COUNTS) writeFigure(field(name), count(summary[name]));
  const share = summary.open ? summary.overdue / summary.open : NaN;
  const shown = quantity(share, "%", 1);
  writeFigure(field("overdue_share"), shown === NOTHING ? NOTHING : `${shown}%`);
  for (const name of RATES) {
    const rate = {
      value: summary[name],
      numerator: summary[`${name}_numerator`],
      denominator: summary[`${name}_denominator`],
    };
    writeFigure(field(name), quantity(rate.value ?? NaN, "%", 1));
    field(name).nextElementSibling.hidden = rate.value === null;
    writeFigure(field(`${name}_parts`), parts(rate));
  }
}

export function showTally(indicators) {
  for (const node of document.querySelectorAll("[data-tally-count]")) {
    const state = node.dataset.tallyCount;
    writeFigure(node, count(indicators.filter((one) => one.state === state).length));
  }
}
