/* What an indicator is: its value and state now, and how it is defined and judged. */
import { NOTHING, age, count, dayTime, limitText, quantity, since } from "./format.js";
import { KeyedNodes, make, write, writeFigure } from "./nodes.js";
import { ownerOf, showLimits } from "./signs.js";
import { knownState, stateWord, word } from "./words.js";

const PASTS = 4;

export class Facts {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-sign-${name}]`);
    this.sign = root.querySelector("[data-sign]");
    this.seasons = root.querySelector("[data-seasons]");
    this.pasts = root.querySelector("[data-pasts]");
    this.pastRows = new KeyedNodes(root.querySelector("[data-past-rows]"), "past-row");
  }

  show(content, now) {
    const { sign } = content;
    const state = knownState(sign.state);
    this.sign.dataset.state = state;
    this.part("shape").dataset.state = state;
    write(this.part("word"), stateWord(state));
    write(this.part("since"), since(sign.since, now));
    writeFigure(this.part("value"), quantity(sign.value ?? NaN, sign.unit, sign.precision));
    write(this.part("unit"), sign.unit);
    write(this.part("parts"), sign.denominator === null ? "" : made(sign));
    this.#describe(content);
    this.#showEpisode(content, now);
    this.#showSeasons(content);
    this.#showPast(content);
    this.tick(content, now);
  }

  tick({ sign }, now) {
    const seconds = sign.observed_at ? (now - new Date(sign.observed_at)) / 1000 : NaN;
    const rhythm = sign.interval_seconds ? every(sign.interval_seconds) : word("atOnce");
    const told = Number.isFinite(seconds) ? age(Math.max(0, seconds)) : NOTHING;
    write(this.part("age"), `${told} · ${rhythm}`);
  }

  #describe(content) {
    const { sign, page } = content;
    write(this.part("page"), page.name);
    this.part("page").href = `${document.body.dataset.base}${page.slug}/`;
    write(this.part("definition"), content.definition || NOTHING);
    write(this.part("formula"), content.formula_words || NOTHING);
    write(this.part("source"), `${content.source_label} · ${content.window_label} · ${content.direction_label}`);
    write(this.part("owner"), ownerOf(sign) || NOTHING);
    showLimits(this.part("limits"), sign);
    const hysteresis = quantity(content.hysteresis, sign.unit, 2, 0) + (sign.unit === "%" ? "%" : "");
    write(this.part("rule"), word("rule", { hysteresis, seconds: count(content.minimum_seconds) }));
  }

  /* Who is on it: the order that the open episode has opened, and who has taken up the alarm. */
  #showEpisode({ past_episodes: [newest], sign }) {
    const isOpen = newest && newest.ended_at === null && sign.state !== "normal";
    write(this.part("episode"), isOpen ? handled(newest) : word("noEpisode"));
  }

  #showPast({ past_episodes: episodes }) {
    this.pasts.hidden = episodes.length === 0;
    const newest = episodes.slice(0, PASTS);
    for (const { item, node } of this.pastRows.match(newest, (episode) => episode.id)) {
      node.parts.shape.dataset.state = item.red_at ? "red" : "yellow";
      const start = dayTime(new Date(item.began_at));
      const end = item.ended_at && dayTime(new Date(item.ended_at));
      write(node.parts.when, end ? word("span", { start, end }) : word("lasting", { start }));
      write(node.parts.order, item.order);
      write(node.parts.who, item.red_at ? acknowledged(item) : "");
    }
  }

  #showSeasons({ table, sign }) {
    this.seasons.hidden = table.length < 2;
    const rows = table.map((row) => {
      const line = document.createElement("li");
      const when = [row.level, row.months && `${row.months} 月`, row.hours && `${row.hours} 时`].filter(Boolean);
      const label = document.createElement("span");
      label.textContent = when.join(" ") || "其余时段";
      line.append(label, ...limits(row, sign));
      return line;
    });
    this.seasons.querySelector("[data-season-rows]").replaceChildren(...rows);
  }
}

function every(seconds) {
  if (seconds >= 2 * 86400) return word("everyDays", { n: count(seconds / 86400) });
  if (seconds >= 2 * 3600) return word("everyHours", { n: count(seconds / 3600) });
  return word("every", { n: count(Math.max(1, seconds / 60)) });
}

function handled(episode) {
  const order = episode.order ? word("orderOpened", { order: episode.order }) : word("noOrder");
  return episode.acknowledged_at ? `${order} · ${acknowledged(episode)}` : order;
}

function acknowledged({ acknowledged_at: at, acknowledged_by: who }) {
  return at ? word("acknowledged", { who, time: dayTime(new Date(at)) }) : word("unacknowledged");
}

function limits(row, sign) {
  return ["yellow", "red"].flatMap((state) => {
    const text = limitText(row[state], sign);
    if (!text) return [];
    const limit = make("limit");
    limit.parts.shape.dataset.state = state;
    write(limit.parts.text, text);
    return [limit.root];
  });
}

function made({ numerator, denominator }) {
  return word("parts", { numerator: quantity(numerator, "", 1, 0), denominator: quantity(denominator, "", 1, 0) });
}
