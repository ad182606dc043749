/* Plays a past hour on the first page, a minute in a second, marked so that nobody takes it for now. */
import { Source } from "./source.js";
import { clockTime, fromLocal, toLocal } from "./format.js";
import { write } from "./nodes.js";
import { word } from "./words.js";

const MINUTES = 60;
const MINUTE = 60000;
const PACE = 1000;

export class Playback {
  #recording = null;
  #place = 0;
  #timer = null;
  #isPaused = false;

  constructor(page, { clock, screen, navigation }) {
    Object.assign(this, { page, clock, screen, navigation });
    this.bar = document.querySelector("[data-playback]");
    this.part = (name) => document.querySelector(`[data-playback-${name}]`);
    this.part("end").addEventListener("click", () => this.end());
    this.part("pause").addEventListener("click", () => this.pause());
    this.part("place").addEventListener("input", ({ target }) => this.#seek(Number(target.value)));
    this.part("from").addEventListener("change", ({ target }) => this.#read(fromLocal(target.value)));
  }

  get isOn() {
    return document.body.classList.contains("is-playing");
  }

  async toggle() {
    if (this.isOn) {
      this.end();
      return;
    }
    if (!this.navigation.isHome) await this.navigation.home();
    const start = Math.floor((this.clock.now().getTime() - MINUTES * MINUTE) / MINUTE) * MINUTE;
    this.#read(new Date(start));
  }

  pause() {
    this.#isPaused = !this.#isPaused;
    this.part("pause").setAttribute("aria-pressed", String(this.#isPaused));
  }

  end() {
    clearInterval(this.#timer);
    this.source?.stop();
    this.bar.hidden = true;
    document.body.classList.remove("is-playing");
    this.screen.end();
  }

  #read(start) {
    clearInterval(this.#timer);
    this.source?.stop();
    const query = new URLSearchParams({ from: start.toISOString(), minutes: MINUTES });
    this.source = new Source({
      url: `${this.page.api}playback/?${query}`,
      onValue: (recording) => this.#start(recording),
      onFailure: () => write(this.part("time"), word("playbackFailed")),
    });
    this.source.ask();
  }

  #start(recording) {
    this.#recording = recording;
    this.bar.hidden = false;
    document.body.classList.add("is-playing");
    this.part("from").value = toLocal(new Date(recording.since));
    this.part("place").max = String(MINUTES);
    this.#seek(0);
    this.#timer = setInterval(() => {
      if (!this.#isPaused && this.#place < MINUTES) this.#seek(this.#place + 1);
    }, PACE);
  }

  /* Show how everything stood at a minute: all steps until then, one after the other. */
  #seek(place) {
    this.#place = place;
    const at = new Date(Date.parse(this.#recording.since) + place * MINUTE);
    const standing = new Map();
    let index = null;
    for (const step of this.#recording.steps) {
      if (Date.parse(step.at) > at) break;
      for (const row of step.rows) standing.set(row.code, row);
      index = step.index;
    }
    this.part("place").value = String(place);
    write(this.part("time"), `${clockTime(at, "monthDay")} ${clockTime(at, "minute")}`);
    if (this.screen.content?.chosen) this.screen.play(this.#content(standing, index), at);
  }

  /* The frame of the present with the values of the past: nothing of today stays in it. */
  #content(standing, index) {
    const now = this.screen.content;
    const signs = now.signs
      .filter((sign) => standing.has(sign.code))
      .map((sign) => ({ ...sign, ...standing.get(sign.code), since: null, observed_at: null, series: undefined }));
    const tally = Object.fromEntries(Object.keys(now.tally).map((state) => [state, counted(signs, state)]));
    const { chosen, pages } = now;
    return { chosen, pages, signs, tally, index: index ?? now.index };
  }
}

function counted(signs, state) {
  return signs.filter((sign) => sign.state === state).length;
}
