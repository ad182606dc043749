// Who is on duty, where they were last seen and how long ago, and somebody's way of today.
const OLD_MS = 10 * 60_000;
const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }); // 2026-11-23

export const timeOf = (instant) => clock.format(new Date(instant));

export function ageOf(instant) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(instant)) / 60_000));
  if (minutes < 1) return "刚刚";
  return minutes < 60 ? `${minutes} 分钟前` : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分钟前`;
}

async function read(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function feature(row, near) {
  const isOld = Date.now() - new Date(row.at) > OLD_MS;
  const said = isOld ? `${row.worker.name}\n${ageOf(row.at)}` : row.worker.name;
  const { username, name } = row.worker;
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: [row.lon, row.lat] },
    properties: { ...row, worker: null, username, name, said, isOld, isNear: near.has(username) },
  };
}

export class Workers {
  #rows = [];
  #near = new Set();

  constructor(map, path) {
    this.map = map;
    this.path = path;
  }

  async refresh() {
    if (!this.path) return;
    this.#rows = (await read(this.path)).results;
    document.querySelector("[data-worker-count]").textContent = this.#rows.length;
    this.#show();
  }

  #show() {
    this.map.showWorkers(this.#rows.map((row) => feature(row, this.#near)));
  }

  // Mark those near a place and join them with it.
  markNear(usernames, place) {
    this.#near = new Set(usernames);
    this.#show();
    const found = this.#rows.filter(({ worker }) => this.#near.has(worker.username));
    this.map.join(place, place ? found.map((row) => feature(row, this.#near)) : []);
  }

  known(username) {
    return this.#rows.find(({ worker }) => worker.username === username);
  }
}

// All stretches of somebody's duties today, and of the one that runs, which may have begun before
// midnight; where nothing is known between two stretches, nothing is drawn.
export async function wayOfToday({ worker: { username }, duty }) {
  const { results } = await read(`/api/v1/duties/?day=${day.format(new Date())}`);
  const ids = results.filter(({ worker }) => worker.username === username).map(({ id }) => id);
  const ways = await Promise.all([...new Set([...ids, duty])].map((id) => read(`/api/v1/duties/${id}/track/`)));
  return ways.flatMap(({ features }) => features);
}
