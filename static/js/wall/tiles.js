/* The vital signs in fixed places: state, value, threshold, since when and how old. */
import { count, quantity, since, updated } from "./format.js";
import { parts } from "./figures.js";
import { make, write, writeFigure, writeState } from "./nodes.js";
import { word } from "./words.js";

const place = document.querySelector("[data-tiles]");
const total = document.querySelector("[data-vital-total]");
const tiles = new Map();
let layout = "";
let shown = [];

/** Show the indicators; nodes are made again only when the layout itself was changed. */
export function showTiles(indicators, domains, now) {
  const wanted = indicators.map((one) => `${one.domain}/${one.code}`).join();
  if (wanted !== layout) build(indicators, domains);
  layout = wanted;
  shown = indicators;
  write(total, count(indicators.length));
  for (const indicator of indicators) fill(tiles.get(indicator.code), indicator);
  showAges(now);
}

/** Write how old each value is; called every second, changes text once a minute. */
export function showAges(now) {
  for (const indicator of shown) {
    const { parts: part } = tiles.get(indicator.code);
    write(part.age, updated(indicator.computed_at, now));
    write(part.since, since(indicator.since, now));
  }
}

function build(indicators, domains) {
  place.replaceChildren();
  tiles.clear();
  const names = new Map(domains.map((domain) => [domain.code, domain.name]));
  const groups = Map.groupBy(indicators, (indicator) => indicator.domain);
  const known = domains.map((domain) => domain.code).filter((code) => groups.has(code));
  const rest = [...groups.keys()].filter((code) => !names.has(code));
  for (const code of [...rest, ...known]) {
    const group = make("domain-group");
    write(group.parts.name, names.get(code) ?? word("allDomains"));
    for (const indicator of groups.get(code)) {
      const tile = make("tile");
      tile.root.dataset.code = indicator.code;
      tiles.set(indicator.code, tile);
      group.parts.tiles.append(tile.root);
    }
    const rows = Math.ceil(groups.get(code).length / 2);
    group.root.style.setProperty("grid-row", `span ${rows}`);
    place.append(group.root);
  }
}

function fill(tile, indicator) {
  writeState(tile, indicator.state);
  write(tile.parts.name, indicator.name);
  writeFigure(tile.parts.value, quantity(indicator.value ?? NaN, indicator.unit, indicator.precision));
  write(tile.parts.unit, indicator.value === null ? "" : indicator.unit);
  write(tile.parts.parts, isRate(indicator) ? parts(indicator) : "");
  write(tile.parts.threshold, threshold(indicator));
}

function isRate(indicator) {
  return indicator.denominator !== null && indicator.denominator !== undefined;
}

function threshold({ direction, yellow, red, unit, precision }) {
  const limit = (value) => `${quantity(value, unit, precision, 0)}${unit === "%" ? "%" : ""}`;
  const values = { sign: direction === "higher" ? "≤" : "≥", yellow: limit(yellow), red: limit(red) };
  const [hasYellow, hasRed] = [yellow, red].map(Number.isFinite);
  if (hasYellow && hasRed) return word("threshold", values);
  if (hasYellow) return word("thresholdYellow", values);
  return hasRed ? word("thresholdRed", values) : word("noThreshold");
}
