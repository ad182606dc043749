/* How old the page is: a chip that says so, and a cover when the data has stopped coming. */
import { age, clockTime } from "./format.js";
import { write } from "./nodes.js";
import { word } from "./words.js";

const REFUSALS = { 401: "signedOut", 403: "signedOut", 404: "noAccess" };

export class Contact {
  #lastAt = performance.now();
  #lastTime;
  #isLive = false;
  #hasValue = false;
  #refusal = null;

  constructor(body, now) {
    this.body = body;
    this.#lastTime = now;
    this.staleAfter = Number(body.dataset.staleAfter);
    this.lostAfter = Number(body.dataset.lostAfter);
    const find = (name) => document.querySelector(`[data-${name}]`);
    this.chip = find("contact");
    this.chipWord = find("contact-word");
    this.chipAge = find("contact-age");
    this.cover = find("cover");
    this.coverWord = find("cover-word");
    this.coverNote = find("cover-note");
    this.coverLink = find("cover-link");
  }

  /** Note that the whole snapshot was read at this time of the server. */
  made(now) {
    this.#lastAt = performance.now();
    this.#lastTime = now;
    this.#hasValue = true;
    this.#refusal = null;
    this.show();
  }

  refused(status) {
    this.#refusal = REFUSALS[status] ?? null;
    this.show();
  }

  live(isLive) {
    this.#isLive = isLive;
    this.show();
  }

  show() {
    const seconds = (performance.now() - this.#lastAt) / 1000;
    const state = this.#state(seconds);
    if (this.#hasValue || state !== "polling") this.#showChip(state, seconds);
    this.#showCover(state === "lost");
  }

  #state(seconds) {
    if (this.#refusal || seconds >= this.lostAfter) return "lost";
    if (seconds >= this.staleAfter) return "stale";
    return this.#isLive ? "live" : "polling";
  }

  #showChip(state, seconds) {
    this.chip.dataset.contactState = state;
    write(this.chipWord, word(`contact${state[0].toUpperCase()}${state.slice(1)}`));
    write(this.chipAge, age(seconds));
  }

  #showCover(isLost) {
    this.body.classList.toggle("is-lost", isLost);
    this.cover.hidden = !isLost;
    if (!isLost) return;
    const reason = this.#refusal ?? "lost";
    write(this.coverWord, word(reason, { time: clockTime(this.#lastTime, "minute") }));
    write(this.coverNote, word(`${reason}Note`));
    this.coverLink.hidden = reason !== "signedOut";
  }
}
