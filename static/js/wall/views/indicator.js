/* One indicator: its meaning, its course, its places, and the orders behind it. */
import { Areas } from "../areas.js";
import { drawChanges, drawDay } from "../day.js";
import { Orders } from "../orders.js";
import { Facts } from "../facts.js";

export class Indicator {
  #chart = null;

  constructor(main, screen) {
    this.main = main;
    this.screen = screen;
    this.facts = new Facts(main);
    this.orders = new Orders(main);
    this.areas = new Areas(main, (code, name) => this.orders.choose(code, name));
    this.chartPlace = main.querySelector("[data-chart]");
    main.querySelector("[data-spans]").addEventListener("click", (event) => this.#span(event));
    this.isStopped = false;
  }

  readMore() {
    this.orders.read();
  }

  show(content, now) {
    this.content = content;
    this.facts.show(content, now);
    this.areas.show(content, now);
    drawDay(this.main, content, now);
    drawChanges(this.main, content, now);
    this.#draw(content);
  }

  tick(now) {
    if (this.content) this.facts.tick(this.content, now);
  }

  stop() {
    this.isStopped = true;
    this.orders.stop();
    this.#chart?.close();
  }

  async #draw(content) {
    const { openChart } = await import("../chart.js");
    if (this.isStopped) return;
    this.#chart ??= await openChart(this.chartPlace);
    if (this.isStopped) this.#chart.close();
    else this.#chart.show(content);
  }

  #span(event) {
    const { hours } = event.target.dataset;
    if (!hours) return;
    for (const each of event.currentTarget.children) {
      each.setAttribute("aria-pressed", String(each === event.target));
    }
    this.screen.turnTo(`${this.main.dataset.content}?hours=${hours}`);
  }
}
