// The card beside the map: chosen orders with who is near them, or a person with their way.
import { ageOf, timeOf, wayOfToday } from "./map-workers.js";

const WALK_M = 3000; // people this near are shown with the order
const card = document.querySelector("[data-map-chosen]");
const { console: base } = document.querySelector("[data-map-page]").dataset;
let asked = 0; // answers to an earlier choice come too late

async function html(path) {
  const answer = await fetch(path, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content;
}

function node(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function head(words, close) {
  const row = node("div", "chosen__head");
  const button = node("button", "button button--small", "关闭");
  button.type = "button";
  button.addEventListener("click", close);
  row.append(node("h2", "card__title", words), button);
  return row;
}

export class Chosen {
  constructor(map, workers) {
    this.map = map;
    this.workers = workers;
    card.addEventListener("click", (event) => this.#send(event));
    document.addEventListener("keydown", ({ key }) => key === "Escape" && !card.hidden && this.close());
  }

  #show(...parts) {
    card.replaceChildren(...parts);
    card.hidden = false;
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  }

  close() {
    asked += 1;
    card.hidden = true;
    card.replaceChildren();
    this.map.choose(null);
    this.map.showTrack([]);
    this.workers.markNear([], null);
    document.querySelector("[data-track-layer]")?.setAttribute("hidden", "");
  }

  async orders(numbers) {
    this.close();
    const mine = asked;
    try {
      const asking = numbers.map(encodeURIComponent).join(",");
      const found = await html(`${base}rows/?numbers=${asking}&${this.map.query}`);
      if (mine !== asked) return;
      const rows = [...found.querySelectorAll("[data-order]")];
      const words = rows.length === 1 ? "选中的工单" : `此处 ${rows.length} 张工单`;
      const holder = node("ol", "rows");
      holder.append(...rows);
      if (!rows.length) return this.#show(head("工单已不在图上", () => this.close()));
      for (const link of holder.querySelectorAll("a")) link.title = "在工单台打开";
      this.#show(head(words, () => this.close()), holder);
      const [{ dataset }] = rows;
      const place = { lon: Number(dataset.lon), lat: Number(dataset.lat) };
      if (dataset.lon) this.map.choose(place);
      if (rows.length === 1 && dataset.lon) await this.#near(numbers[0], place, mine);
    } catch {
      if (mine === asked) this.#show(head("没有读到，请再点一次", () => this.close()));
    }
  }

  async #near(number, place, mine) {
    const found = await html(`${base}orders/${encodeURIComponent(number)}/nearby/`);
    if (mine !== asked) return;
    this.number = number;
    card.append(found);
    const near = [...card.querySelectorAll("[data-near]")].map(({ dataset }) => dataset);
    this.workers.markNear(near.map(({ near: username }) => username), place);
    const walking = near.filter(({ metres }) => Number(metres) < WALK_M).map(({ near: username }) => this.workers.known(username));
    const places = walking.filter(Boolean).map(({ lon, lat }) => [lon, lat]);
    if (places.length) this.map.fit([[place.lon, place.lat], ...places]);
  }

  // One way to dispatch: the console's own form, filled in there.
  #send({ target }) {
    const button = target.closest("[data-send]");
    if (!button) return;
    window.location.assign(`${base}?order=${encodeURIComponent(this.number)}#send-${button.dataset.code}`);
  }

  worker(username) {
    this.close();
    const row = this.workers.known(username);
    if (!row) return;
    const facts = node("dl", "chosen__facts");
    const told = [["网格", row.area_name], ["上岗", timeOf(row.since)], ["位置", `${ageOf(row.at)}（${timeOf(row.at)}），误差约 ${Math.round(row.accuracy)} 米`]];
    for (const [name, words] of told) facts.append(node("dt", "", name), node("dd", "", words));
    const button = node("button", "button", "看今天的轨迹");
    button.type = "button";
    const said = node("p", "chosen__said", "查看他人轨迹会留下记录。");
    button.addEventListener("click", () => this.#way(row, button, said));
    this.#show(head(row.worker.name, () => this.close()), facts, button, said);
    this.map.choose(row);
  }

  async #way(row, button, said) {
    const mine = asked;
    button.disabled = true;
    try {
      const stretches = await wayOfToday(row);
      if (mine !== asked) return;
      document.querySelector("[data-track-layer]").removeAttribute("hidden");
      this.map.showTrack(stretches);
      const metres = stretches.reduce((sum, { properties }) => sum + properties.metres, 0);
      said.textContent = stretches.length
        ? `今天走了约 ${(metres / 1000).toFixed(1)} 公里，共 ${stretches.length} 段；段与段之间没有信号或锁屏，不连线。`
        : "今天还没有轨迹。";
      if (stretches.length) this.map.fit(stretches.flatMap(({ geometry }) => geometry.coordinates));
    } catch {
      said.textContent = "没有读到轨迹，请再点一次。";
    } finally {
      button.disabled = false;
    }
  }
}
