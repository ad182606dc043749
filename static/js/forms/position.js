// Finds where the person stands. It never blocks: the form can be sent at any moment, with the
// best position so far or none. `data-position-auto` starts at once.

const GOOD_ENOUGH_M = 15;
const LONGEST_MS = 30_000;
const REASONS = {
  1: "定位未获允许：请写地址",
  2: "暂时定不到位：请写地址",
  3: "定位超时：请写地址",
};

export function startPosition() {
  document.querySelectorAll("[data-position]").forEach((box) => new Position(box).start());
}

function full({ community, grid }) {
  const isNamed = community === null || grid.name.startsWith(community.name);
  return isNamed ? grid.name : `${community.name} ${grid.name}`;
}

class Position {
  constructor(box) {
    this.box = box;
    this.words = box.querySelector("[data-position-words]");
    this.lon = box.querySelector("input[name=lon]");
    this.lat = box.querySelector("input[name=lat]");
    this.more = box.querySelector("[data-position-more]"); // what else can name the place
    this.address = box.querySelector("input[name=address]");
    this.hasGrids = box.querySelector("[data-position-else]") !== null;
  }

  start() {
    this.box.addEventListener("position:set", ({ detail }) => this.set(detail));
    if (!navigator.geolocation) return;
    this.unfold(false);
    this.box.querySelector("[data-position-buttons]").hidden = false;
    this.box.querySelector("[data-position-start]").addEventListener("click", () => this.look());
    this.box.querySelector("[data-position-clear]")?.addEventListener("click", () => this.clear());
    if (this.lon.value) this.say(this.box.dataset.positionFrom ?? "用的是草稿里的位置。人已离开现场就不要重新定位。");
    else if ("positionAuto" in this.box.dataset) this.look();
  }

  look() {
    this.stop();
    this.best = Infinity;
    this.say("正在定位…（不必等，可以先填）");
    this.watching = navigator.geolocation.watchPosition(
      (found) => this.take(found.coords),
      (error) => this.fail(error),
      { enableHighAccuracy: true, timeout: LONGEST_MS, maximumAge: 0 },
    );
    this.end = setTimeout(() => this.stop(), LONGEST_MS);
  }

  take({ longitude, latitude, accuracy }) {
    if (accuracy > this.best) return;
    this.best = accuracy;
    this.write(longitude, latitude);
    this.say(`已定位，误差约 ${Math.max(1, Math.round(accuracy))} 米`);
    if (accuracy <= GOOD_ENOUGH_M) this.stop();
    this.unfold(false);
    this.name();
  }

  // A place that somebody has pointed at holds against a fix that comes later.
  set({ lon, lat, said }) {
    this.stop();
    this.write(lon, lat);
    this.say(said);
  }

  write(lon, lat) {
    this.lon.value = lon.toFixed(6);
    this.lat.value = lat.toFixed(6);
    this.lon.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async name() {
    const path = this.box.dataset.positionLocate;
    if (!path) return;
    const asked = `${this.lon.value},${this.lat.value}`;
    try {
      const response = await fetch(`${path}?lon=${this.lon.value}&lat=${this.lat.value}`);
      const place = response.ok ? await response.json() : null;
      if (asked !== `${this.lon.value},${this.lat.value}` || !place?.grid) return;
      this.say(`${this.words.textContent} · ${full(place)}`);
    } catch {
      // Without network the position alone is enough.
    }
  }

  fail(error) {
    this.stop();
    if (this.lon.value) return;
    this.unfold(true);
    this.say(`${REASONS[error.code] ?? REASONS[2]}${this.hasGrids ? "，或选所在网格。" : "。"}`);
  }

  clear() {
    this.stop();
    this.lon.value = "";
    this.lat.value = "";
    this.lon.dispatchEvent(new Event("change", { bubbles: true }));
    this.unfold(true);
    this.say(`不用定位：请写地址${this.hasGrids ? "，或选所在网格。" : "。"}`);
  }

  stop() {
    clearTimeout(this.end);
    if (this.watching !== undefined) navigator.geolocation.clearWatch(this.watching);
    this.watching = undefined;
  }

  unfold(isOpen) {
    if (this.more !== null && (isOpen || this.address.value === "")) this.more.open = isOpen;
  }

  say(words) {
    this.words.textContent = words;
  }
}
