/* The server's clock, carried on by the monotonic timer so that a wrong local clock does no harm. */
import { clockTime } from "./format.js";
import { write } from "./nodes.js";

export class Clock {
  #base;
  #mark;

  constructor(serverTime) {
    this.sync(serverTime, performance.now(), performance.now());
  }

  /** Set the clock from an answer that was asked for and came at these monotonic times. */
  sync(serverTime, askedAt, cameAt) {
    const base = Date.parse(serverTime);
    if (Number.isNaN(base)) return;
    this.#base = base;
    this.#mark = (askedAt + cameAt) / 2;
  }

  now() {
    return new Date(this.#base + performance.now() - this.#mark);
  }
}

/** Show time, date and weekday; tell of each second and of a new day. */
export function runClock(clock, { onSecond, onNewDay }) {
  const part = (name) => document.querySelector(`[data-clock-${name}]`);
  const [time, date, weekday] = [part("time"), part("date"), part("weekday")];
  let shownDay = "";
  const tick = () => {
    const now = clock.now();
    const day = clockTime(now, "day");
    write(time, clockTime(now));
    write(date, day);
    write(weekday, clockTime(now, "weekday"));
    if (shownDay && day !== shownDay) onNewDay();
    shownDay = day;
    onSecond(now);
    setTimeout(tick, 1000 - (now.getTime() % 1000));
  };
  tick();
}
