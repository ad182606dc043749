/* The view in front: reads its content, shows it, and takes up single values between readings. */
import { Source } from "./source.js";
import { Indicator } from "./views/indicator.js";
import { Overview } from "./views/overview.js";
import { Page } from "./views/page.js";

const VIEWS = { overview: Overview, page: Page, indicator: Indicator };

export class Screen {
  #views = new Map();
  #isPlaying = false;
  #isBroken = false;

  /** `onAlarms` is told of the present alone, also while a past hour is played. */
  constructor({ clock, contact, onContent, onAlarms, onRecovery }) {
    Object.assign(this, { clock, contact, onContent, onAlarms, onRecovery });
  }

  /** Put a page's main part in front; the overview is kept, for its map is dear. */
  open(main) {
    const before = this.main;
    this.source?.stop();
    if (before && before !== main) this.#leave(before);
    main.hidden = false;
    this.main = main;
    this.content = null;
    if (!this.#views.has(main)) this.#views.set(main, new VIEWS[main.dataset.view](main, this));
    this.view = this.#views.get(main);
    this.source = new Source({
      url: main.dataset.content,
      onValue: (content, askedAt, cameAt) => this.#receive(content, askedAt, cameAt),
      onFailure: (status) => this.#fail(status),
    });
    this.read();
  }

  #leave(main) {
    if (main.dataset.view === "overview") {
      main.hidden = true;
      return;
    }
    this.#views.get(main).stop?.();
    this.#views.delete(main);
    main.remove();
  }

  read() {
    this.source.ask();
    if (!this.#isPlaying) this.view.readMore?.();
  }

  /** Read another content for the same view, such as a longer history. */
  turnTo(url) {
    this.source.url = url;
    this.read();
  }

  tick(now) {
    if (!this.#isPlaying) this.view.tick?.(now);
  }

  /** Take up single values; those older than what is shown are passed over. */
  take(rows, { revision, index }) {
    if (this.#isPlaying || !this.content || !(rows.length || index)) return;
    const signs = new Map(this.content.signs?.map((sign) => [sign.code, sign]));
    if (this.content.sign) signs.set(this.content.sign.code, this.content.sign);
    for (const row of rows) {
      const sign = signs.get(row.code);
      if (!sign || sign.revision > (row.revision ?? revision)) continue;
      recount(this.content, sign, row.state);
      Object.assign(sign, row);
    }
    if (index) this.content.index = index;
    this.#show(this.content);
    if (rows.some((row) => !signs.has(row.code))) this.source.ask(); // for the tabs' counts
  }

  /** Take up alarms that began, got worse, were acknowledged or ended; beneath us, alarms alone. */
  takeAlarms(alarms) {
    if (!alarms.length) return;
    if (!this.content) {
      this.read(); // once more, after what is on its way
      return;
    }
    const known = new Map(this.content.episodes.map((episode) => [episode.id, episode]));
    for (const alarm of alarms) {
      if ((known.get(alarm.id)?.revision ?? 0) > alarm.revision) continue;
      known.set(alarm.id, alarm);
    }
    const own = this.content.area.code;
    this.content.episodes = [...known.values()].filter(
      (one) => one.is_alarm || (!one.ended_at && one.area.code === own),
    );
    if (this.#isPlaying) this.onAlarms(this.content, this.clock.now());
    else this.#show(this.content);
  }

  /** Show a past content until `end`; what is read meanwhile is not shown. */
  play(content, at) {
    this.#isPlaying = true;
    this.view.show(content, at);
    this.onContent(content, at);
  }

  end() {
    this.#isPlaying = false;
    this.read();
  }

  #receive(content, askedAt, cameAt) {
    this.clock.sync(content.server_time, askedAt, cameAt);
    this.contact.made(this.clock.now());
    if (this.#isBroken) this.onRecovery();
    this.#isBroken = false;
    this.content = content;
    if (this.#isPlaying) this.onAlarms(content, this.clock.now());
    else this.#show(content);
  }

  #show(content) {
    const now = this.clock.now();
    this.view.show(content, now);
    this.onContent(content, now);
    this.onAlarms(content, now);
  }

  #fail(status) {
    this.#isBroken = true;
    this.contact.refused(status);
  }
}

/* Move a sign from one state to another in the counts that stand beside it. */
function recount({ tally, pages }, sign, state) {
  if (sign.state === state) return;
  const page = pages.find(({ kind, value }) => sign[kind] === value);
  for (const counts of [page?.states, sign.domain ? tally : null]) {
    if (!counts) continue;
    counts[sign.state] -= 1;
    counts[state] += 1;
  }
}
