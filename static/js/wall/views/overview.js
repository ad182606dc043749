/* The first page: index, today, streets, map, what needs attention, events, all vital signs. */
import { Attention } from "../attention.js";
import { Events } from "../events.js";
import { Figures } from "../figures.js";
import { IndexPanel } from "../index_panel.js";
import { GridMap } from "../map.js";
import { Source } from "../source.js";
import { Streets } from "../streets.js";
import { Vitals } from "../vitals.js";

export class Overview {
  constructor(main) {
    const page = document.body.dataset;
    this.page = page;
    this.index = new IndexPanel(main, page.base);
    this.figures = new Figures(main);
    this.streets = new Streets(main);
    this.attention = new Attention(main, page.base);
    this.events = new Events(main);
    this.vitals = new Vitals(main, page.base);
    this.map = new GridMap(page, main);
    this.grids = new Source({
      url: `${page.api}grids/`,
      spacing: 1000,
      onValue: (rows) => this.map.show(rows),
    });
  }

  readMore() {
    this.grids.ask();
  }

  show(content, now) {
    this.index.show(content.index, content.pages);
    this.vitals.show(content, now);
    this.attention.show(content, now);
    if (content.summary) this.figures.show(content.summary, content.a_week_ago);
    if (content.streets) this.streets.show(content.streets);
    if (content.events) this.events.show(content.events);
  }

  tick(now) {
    this.vitals.tick(now);
  }
}
