/* All alarms that wait, over every page: one line for each indicator or each place.
   A line stays where it is while the list is open, so that no finger meets another than it aimed at. */
import { timeOf } from "./format.js";
import { gather, listed } from "./gathering.js";
import { KeyedNodes, write, writeName } from "./nodes.js";
import { word } from "./words.js";

const COLUMN = 12; // more lines than these stand in two columns
// Full-width characters of the largest size in a line; joined screens have as much more room.
const SCREENS = { double: 2, triple: 3 }[document.body.dataset.variant] ?? 1;
const NAME_ROOM = 14 * SCREENS;
const REST_ROOM = 13 * SCREENS;

export class AlarmList {
  #order = [];
  #alarms = [];
  #by = "indicator";

  constructor(page, { acknowledge }) {
    Object.assign(this, { page, acknowledge });
    this.root = document.querySelector("[data-alarms]");
    this.part = (name) => this.root.querySelector(`[data-alarms-${name}]`);
    this.rows = new KeyedNodes(this.part("lines"), "alarm-line");
    this.root.addEventListener("click", (event) => this.#press(event.target));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else if (this.#alarms.length) this.#open();
  }

  close() {
    this.root.hidden = true;
    this.#order = [];
    this.rows.match([], () => "");
    document.querySelector("[data-alarm-all]")?.focus();
  }

  show(alarms, now) {
    Object.assign(this, { now });
    this.#alarms = alarms;
    if (!this.isOpen) return;
    if (alarms.length) this.#draw();
    else this.close();
  }

  #open() {
    this.root.hidden = false;
    this.#draw();
    this.root.focus();
  }

  #draw() {
    const lines = new Map(gather(this.#alarms, this.#by).map((line) => [line.key, line]));
    this.#order.push(...[...lines.keys()].filter((key) => !this.#order.includes(key)));
    const rows = this.#order.map((key) => ({ key, line: lines.get(key) }));
    this.root.dataset.columns = rows.length > COLUMN ? "2" : "1";
    const high = rows.length > COLUMN ? Math.ceil(rows.length / 2) : rows.length;
    this.part("lines").style.setProperty("--rows", high);
    for (const { item, node } of this.rows.match(rows, ({ key }) => key)) this.#fill(node, item);
    this.#head(lines.size);
  }

  #fill({ root, parts }, { key, line }) {
    root.dataset.key = key;
    root.classList.toggle("is-done", !line);
    root.classList.toggle("is-over", Boolean(line?.hasEnded));
    write(parts.count, line ? word("alarmItems", { n: line.alarms.length }) : "");
    if (!line) return write(parts.since, word("alarmNoMore"));
    const byPlace = this.#by === "place";
    const name = byPlace ? line.areas[0] : line.name;
    writeName(parts.name, name, NAME_ROOM);
    if (byPlace) parts.name.removeAttribute("href");
    else parts.name.href = `${this.page.base}indicators/${key}/`;
    const counted = (names, n) => word(byPlace ? "alarmSigns" : "alarmAreas", { names, n });
    const rest = listed(byPlace ? line.names : line.areas, REST_ROOM, counted);
    writeName(parts.rest, rest, REST_ROOM);
    write(parts.since, this.#since(line));
    parts.act?.setAttribute("aria-label", word("alarmTakeLine", { name, n: line.alarms.length }));
  }

  #since({ since, ended, hasEnded }) {
    const time = timeOf(since, this.now);
    if (hasEnded) return word("alarmLineEnded", { time });
    return word(ended ? "alarmLinePartly" : "alarmSinceThen", { time, n: ended });
  }

  #head(count) {
    const ended = this.#ended.length;
    const said = { n: this.#alarms.length, lines: count };
    write(this.part("total"), word(this.#by === "place" ? "alarmTotalPlaces" : "alarmTotal", said));
    for (const button of this.root.querySelectorAll("[data-alarms-by]")) {
      button.setAttribute("aria-pressed", String(button.dataset.alarmsBy === this.#by));
    }
    const past = this.part("past");
    if (!past) return;
    past.hidden = ended === 0;
    write(past, word("alarmTakeEnded", { n: ended }));
  }

  get #ended() {
    return this.#alarms.filter((alarm) => alarm.ended_at !== null);
  }

  #press(target) {
    const { alarmsBy } = target.closest("[data-alarms-by]")?.dataset ?? {};
    if (alarmsBy) this.#gatherBy(alarmsBy);
    else if (target.closest("[data-alarms-close]")) this.close();
    else if (target.closest("[data-alarms-past]")) this.#take(this.#ended, target);
    else if (target.closest("[data-part=act]")) this.#takeLine(target);
    else if (target.closest("a[href]")) this.close();
  }

  #gatherBy(by) {
    this.#by = by;
    this.#order = [];
    this.rows.match([], () => "");
    this.#draw();
  }

  #takeLine(target) {
    const { key } = target.closest("[data-key]").dataset;
    const line = gather(this.#alarms, this.#by).find((one) => one.key === key);
    if (line) this.#take(line.alarms, target);
  }

  async #take(alarms, target) {
    const button = target.closest("button");
    button.disabled = true;
    await this.acknowledge(alarms.map((alarm) => alarm.id));
    button.disabled = false;
  }
}
