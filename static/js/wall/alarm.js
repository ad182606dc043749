/* Unacknowledged alarms: a banner on every page, and a sound until somebody has taken it up. */
import { clockTime, quantity } from "./format.js";
import { write } from "./nodes.js";
import { Sound } from "./sound.js";
import { word } from "./words.js";

export class Alarm {
  #alarms = [];

  constructor(page, { clock, onDone }) {
    Object.assign(this, { page, clock, onDone });
    this.sound = new Sound(page.wall);
    this.banner = document.querySelector("[data-alarm]");
    this.part = (name) => document.querySelector(`[data-alarm-${name}]`);
    this.part("act")?.addEventListener("click", () => this.acknowledge());
  }

  show({ area, episodes = [], signs, sign }) {
    this.#alarms = episodes.filter((episode) => episode.is_alarm).sort(byUrgency);
    const [first] = this.#alarms;
    this.banner.hidden = !first;
    document.body.classList.toggle("has-alarm", Boolean(first));
    document.body.classList.toggle("is-alarmed", this.#isSounding);
    this.sound.ring(this.#isSounding);
    if (first) this.#describe(first, first.area.code === area.code ? (signs ?? [sign]) : null);
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

  /* `own` are the signs that the page shows, null for an alarm of an area beneath ours. */
  #describe(episode, own) {
    const name = this.part("name");
    const sign = own?.find((each) => each?.code === episode.code);
    write(name, own ? episode.name : `${episode.area.name} · ${episode.name}`);
    name.href = `${this.page.base}indicators/${episode.code}/`;
    const time = clockTime(new Date(episode.red_at), "minute");
    const value = sign ? `${quantity(sign.value ?? NaN, sign.unit, sign.precision)} ${sign.unit}` : "";
    const lasting = sign ? "alarmSince" : "alarmSinceThen";
    write(this.part("since"), word(episode.ended_at ? "alarmEnded" : lasting, { time, value }));
    const left = this.#alarms.length - 1;
    write(this.part("more"), left ? word("alarmMore", { n: left }) : "");
    if (this.shownId !== episode.id) this.part("refusal").hidden = true;
    this.shownId = episode.id;
  }

  /** Acknowledge the alarm in front; the server says whether this person may. */
  async acknowledge() {
    const [first] = this.#alarms;
    if (!first || !this.part("act")) return;
    this.part("act").disabled = true;
    try {
      const answer = await fetch(`/api/v1/episodes/${first.id}/acknowledge/`, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token() },
      });
      if (!answer.ok) this.#refuse(await answer.json());
    } catch {
      this.#refuse({});
    }
    this.part("act").disabled = false;
    this.onDone();
  }

  #refuse({ detail }) {
    const place = this.part("refusal");
    write(place, detail ?? word("alarmFailed"));
    place.hidden = false;
  }
}

/* Those that last go first, the newest of them before the others. */
function byUrgency(a, b) {
  return Number(a.ended_at !== null) - Number(b.ended_at !== null) || (a.red_at < b.red_at ? 1 : -1);
}

function token() {
  return document.querySelector('meta[name="csrf-token"]').content;
}
