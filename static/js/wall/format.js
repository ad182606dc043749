/* Numbers and times as they are written on the wall. */
import { word } from "./words.js";

export const NOTHING = "–";
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

/** Write since when: the time of today, or day and time. */
export function since(iso, now) {
  if (!iso) return "";
  const then = new Date(iso);
  const isToday = clockTime(then, "day") === clockTime(now, "day");
  const time = clockTime(then, "minute");
  return word("since", { time: isToday ? time : `${clockTime(then, "monthDay")} ${time}` });
}

export function age(seconds) {
  if (seconds < 60) return word("secondsAgo", { n: Math.max(0, Math.floor(seconds)) });
  if (seconds < 3600) return word("minutesAgo", { n: Math.floor(seconds / 60) });
  return word("hoursAgo", { n: Math.floor(seconds / 3600) });
}

export function updated(iso, now) {
  if (!iso) return "";
  const minutes = Math.floor((now - new Date(iso)) / 60000);
  if (minutes < 1) return word("justUpdated");
  if (minutes < 60) return word("minutesUpdated", { n: minutes });
  return word("hoursUpdated", { n: Math.floor(minutes / 60) });
}
