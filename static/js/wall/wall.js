/* The wall: reads its snapshot, shows it, and reads again when told that figures moved. */
import { showAttention } from "./attention.js";
import { Clock, runClock } from "./clock.js";
import { Contact } from "./contact.js";
import { showEvents } from "./events.js";
import { showFigures, showTally } from "./figures.js";
import { GridMap } from "./map.js";
import { listenToKeys } from "./keys.js";
import { renewIfChanged } from "./renewal.js";
import { Source } from "./source.js";
import { showStreets } from "./streets.js";
import { showAges, showTiles } from "./tiles.js";

const page = document.body.dataset;
const LOOK_FOR_VERSION = 10 * 60 * 1000;
const clock = new Clock(page.serverTime);
const contact = new Contact(document.body, clock.now());
const map = new GridMap(page);
let isBroken = false;

const snapshot = new Source({ url: page.snapshotUrl, onValue: showSnapshot, onFailure: noteFailure });
const grids = new Source({
  url: page.gridsUrl,
  spacing: 1000,
  onValue: (rows) => map.show(rows),
});

function showSnapshot(wall, askedAt, cameAt) {
  clock.sync(wall.server_time, askedAt, cameAt);
  const now = clock.now();
  showFigures(wall.summary);
  showTally(wall.indicators);
  showStreets(wall.streets);
  showTiles(wall.indicators, wall.domains, now);
  showAttention(wall.indicators, wall.streets, now);
  showEvents(wall.events);
  contact.made(now);
  if (isBroken) renewIfChanged(page.version);
  isBroken = false;
}

function noteFailure(status) {
  isBroken = true;
  contact.refused(status);
}

function readAll() {
  snapshot.ask();
  grids.ask();
}

for (const name of ["yiwang:figures", "yiwang:order", "yiwang:resync", "online"]) {
  window.addEventListener(name, readAll);
}
window.addEventListener("yiwang:live", (event) => contact.live(event.detail?.state === "open"));
document.addEventListener("visibilitychange", () => document.hidden || readAll());
setInterval(readAll, Number(page.pollEvery) * 1000);
setInterval(() => renewIfChanged(page.version), LOOK_FOR_VERSION);

listenToKeys();
runClock(clock, {
  onSecond: (now) => {
    contact.show();
    showAges(now);
  },
  onNewDay: readAll,
});
readAll();
