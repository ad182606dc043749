/* Numbers and times as they are written on the wall. */
import { word } from "./words.js";

export const NOTHING = "–";
const DAYS_FROM = 48 * 3600; // seconds
const zone = document.body.dataset.timeZone;
const grouped = new Map();

function grouping(most, least) {
  const key = `${most} ${least}`;
  if (!grouped.has(key)) {
    const digits = { minimumFractionDigits: least, maximumFractionDigits: most };
    grouped.set(key, new Intl.NumberFormat("zh-CN", digits));
  }
  return grouped.get(key);
}

const formats = {
  second: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  minute: { hour: "2-digit", minute: "2-digit" },
  day: { year: "numeric", month: "long", day: "numeric" },
  weekday: { weekday: "long" },
  monthDay: { month: "numeric", day: "numeric" },
};
const times = Object.fromEntries(
  Object.entries(formats).map(([name, options]) => [
    name,
    new Intl.DateTimeFormat("zh-CN", { ...options, timeZone: zone, hourCycle: "h23" }),
  ]),
);

export function count(value) {
  return Number.isFinite(value) ? grouping(0, 0).format(value) : NOTHING;
}

/** Write a value in its unit: shares (0.9) in a unit of % become 90.0. */
export function quantity(value, unit, precision = 0, least = precision) {
  if (!Number.isFinite(value)) return NOTHING;
  return grouping(precision, least).format(unit === "%" ? value * 100 : value);
}

export function clockTime(instant, format = "second") {
  return times[format].format(instant);
}

const field = new Intl.DateTimeFormat("sv-SE", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", timeZone: zone,
});

/** Write an instant for a field of day and time, in the district's time wherever the browser is. */
export function toLocal(instant) {
  return field.format(instant).replace(" ", "T");
}

/** Read the instant of such a field. */
export function fromLocal(text) {
  const asUtc = Date.parse(`${text}Z`);
  const ahead = Date.parse(`${toLocal(new Date(asUtc))}Z`) - asUtc;
  return new Date(asUtc - ahead);
}

/** Write day and time, for what may be long ago. */
export function dayTime(instant) {
  return `${clockTime(instant, "monthDay")} ${clockTime(instant, "minute")}`;
}

/** Write a score or a cost in points: one decimal, none where it is whole. */
export function points(value) {
  return Number.isFinite(value) ? grouping(1, 0).format(value) : NOTHING;
}

/** Write where a state begins: at or beneath, at or above, or outside of a band. */
export function limitText(limit, { unit, precision }, { isShort = false } = {}) {
  const written = (value) => `${quantity(value, unit, Math.max(precision, 2), 0)}${unit === "%" ? "%" : ""}`;
  const [hasLow, hasHigh] = [limit?.low, limit?.high].map(Number.isFinite);
  if (hasLow && hasHigh) {
    const ends = { low: written(limit.low), high: written(limit.high) };
    return isShort ? `${ends.low}–${ends.high}` : word("outsideBand", ends);
  }
  if (hasLow) return `≤${written(limit.low)}`;
  return hasHigh ? `≥${written(limit.high)}` : "";
}

/** Write since when: the time of today, or day and time. */
export function since(iso, now) {
  return iso ? word("since", { time: timeOf(iso, now) }) : "";
}

/** Write the time of today, or day and time. */
export function timeOf(iso, now) {
  const then = new Date(iso);
  const isToday = clockTime(then, "day") === clockTime(now, "day");
  return isToday ? clockTime(then, "minute") : dayTime(then);
}

export function age(seconds) {
  if (seconds < 60) return word("secondsAgo", { n: Math.max(0, Math.floor(seconds)) });
  if (seconds < 3600) return word("minutesAgo", { n: Math.floor(seconds / 60) });
  if (seconds < DAYS_FROM) return word("hoursAgo", { n: Math.floor(seconds / 3600) });
  return word("daysAgo", { n: Math.floor(seconds / 86400) });
}

/** The same in as few characters as a tile has room for. */
export function shortAge(seconds) {
  if (seconds < 60) return word("secondsShort", { n: Math.floor(seconds) });
  if (seconds < 3600) return word("minutesShort", { n: Math.floor(seconds / 60) });
  if (seconds < DAYS_FROM) return word("hoursShort", { n: Math.floor(seconds / 3600) });
  return word("daysAgo", { n: Math.floor(seconds / 86400) });
}
