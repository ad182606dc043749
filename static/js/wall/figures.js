/* The large figures of today, against the same time last week. */
import { NOTHING, count, quantity } from "./format.js";
import { write, writeFigure } from "./nodes.js";
import { word } from "./words.js";

const COUNTS = ["registered_today", "accepted_today", "closed_today", "open", "overdue"];
const TRENDS = ["accepted_today", "closed_today"];
const RATES = ["on_time_rate", "satisfaction_rate"];

/** Write the two numbers that a rate is made of, or that there is nothing to count yet. */
export function parts({ value, numerator, denominator }) {
  if (value === null || !denominator) return word("noDenominator");
  // "Basically satisfied" counts for a part of one, so a numerator may have a decimal.
  return word("parts", { numerator: quantity(numerator, "", 1, 0), denominator: count(denominator) });
}

export class Figures {
  constructor(root) {
    this.field = (name) => root.querySelector(`[data-figure="${name}"]`);
    this.trend = (name) => root.querySelector(`[data-trend="${name}"]`);
  }

  show(summary, aWeekAgo) {
    for (const name of COUNTS) writeFigure(this.field(name), count(summary[name]));
    const share = summary.open ? summary.overdue / summary.open : NaN;
    const shown = quantity(share, "%", 1);
    writeFigure(this.field("overdue_share"), shown === NOTHING ? NOTHING : `${shown}%`);
    for (const name of TRENDS) {
      write(this.trend(name), compared(summary[name] - aWeekAgo[name]));
    }
    for (const name of RATES) this.#showRate(name, summary);
  }

  #showRate(name, summary) {
    const rate = {
      value: summary[name],
      numerator: summary[`${name}_numerator`],
      denominator: summary[`${name}_denominator`],
    };
    writeFigure(this.field(name), quantity(rate.value ?? NaN, "%", 1));
    this.field(name).nextElementSibling.hidden = rate.value === null;
    writeFigure(this.field(`${name}_parts`), parts(rate));
  }
}

function compared(difference) {
  if (difference === 0) return word("sameAsLastWeek");
  const key = difference > 0 ? "moreThanLastWeek" : "lessThanLastWeek";
  return word(key, { n: count(Math.abs(difference)) });
}
