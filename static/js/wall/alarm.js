/* Unacknowledged alarms: a banner on every page, and a sound until somebody has taken them up. */
import { acknowledge } from "./acknowledging.js";
import { AlarmList } from "./alarm_list.js";
import { quantity, timeOf } from "./format.js";
import { gather, listed, redAt, shortened } from "./gathering.js";
import { write, writeName } from "./nodes.js";
import { Sound } from "./sound.js";
import { word } from "./words.js";

const NAME_ROOM = 13; // full-width characters of the largest size in the banner's first line
const AREAS_ROOM = 9;

export class Alarm {
  #alarms = [];
  #lines = [];
  #isBusy = false;

  constructor(page, { clock, onDone }) {
    Object.assign(this, { page, clock, onDone });
    this.sound = new Sound(page.wall);
    this.banner = document.querySelector("[data-alarm]");
    this.part = (name) => document.querySelector(`[data-alarm-${name}]`);
    this.list = new AlarmList(page, { acknowledge: (ids) => this.#take(ids) });
    this.part("act")?.addEventListener("click", () => this.acknowledge());
    // What lies beneath the banner makes room for it, however many lines its text has.
    new ResizeObserver(() => {
      document.body.style.setProperty("--alarm", `${this.banner.offsetHeight}px`);
    }).observe(this.banner);
  }

  show({ area, episodes = [], signs, sign }, now) {
    this.#alarms = episodes.filter((episode) => episode.is_alarm);
    this.#lines = gather(this.#alarms);
    const [first] = this.#lines;
    this.banner.hidden = !first;
    document.body.classList.toggle("has-alarm", Boolean(first));
    document.body.classList.toggle("is-alarmed", this.#isSounding);
    this.sound.ring(this.#isSounding, newest(this.#alarms));
    if (first) this.#describe(first, { now, own: area.code, signs: signs ?? [sign] });
    this.list.show(this.#alarms, now);
    this.tick();
  }

  get #isSounding() {
    return this.#alarms.some((episode) => episode.ended_at === null);
  }

  tick() {
    write(this.part("sound"), this.#isSounding ? this.sound.said() : "");
  }

  toggleMute() {
    this.sound.toggle();
    this.tick();
  }

  #describe(line, { now, own, signs }) {
    const name = this.part("name");
    const [one] = line.alarms;
    const isOwn = line.alarms.length === 1 && one.area.code === own;
    const said = line.alarms.length === 1 && !isOwn ? `${one.area.name} · ${line.name}` : line.name;
    writeName(name, said, NAME_ROOM);
    name.href = `${this.page.base}indicators/${line.key}/`;
    const sign = isOwn && signs.find((each) => each?.code === line.key);
    write(this.part("since"), this.#since(line, sign, now));
    this.#count(line);
    if (this.shownKey !== line.key) this.#say("");
    this.shownKey = line.key;
  }

  #since(line, sign, now) {
    const time = timeOf(line.since, now);
    if (line.alarms.length > 1) {
      const names = line.areas.map((area) => shortened(area, AREAS_ROOM));
      const areas = listed(names, AREAS_ROOM, (some, n) => word("alarmAreas", { names: some, n }));
      return word(line.hasEnded ? "alarmAllEnded" : "alarmFrom", { time, areas });
    }
    const value = sign ? `${quantity(sign.value ?? NaN, sign.unit, sign.precision)} ${sign.unit}` : "";
    return word(line.hasEnded ? "alarmEnded" : sign ? "alarmSince" : "alarmSinceThen", { time, value });
  }

  #count(line) {
    const count = line.alarms.length;
    write(this.part("count"), count > 1 ? word("alarmItems", { n: count }) : "");
    write(this.part("all"), word("alarmShowAll", { n: this.#alarms.length }));
    this.part("all").hidden = this.#alarms.length < 2;
  }

  /** Acknowledge the line in front, and what stood in it when it was last drawn. */
  async acknowledge() {
    const [first] = this.#lines;
    if (!first || !this.part("act")) return;
    this.part("act").disabled = true;
    await this.#take(first.alarms.map((alarm) => alarm.id));
    this.part("act").disabled = false;
  }

  async #take(ids) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#say(await acknowledge(ids));
    this.#isBusy = false;
    this.onDone();
  }

  #say(refusal) {
    const place = this.part("refusal");
    write(place, refusal);
    place.hidden = !refusal;
  }
}

function newest(alarms) {
  return Math.max(0, ...alarms.filter(({ ended_at: end }) => end === null).map(redAt));
}
