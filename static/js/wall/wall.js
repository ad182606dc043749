/* The wall: shows the page it was opened with, reads again when told, and moves between pages. */
import { Alarm } from "./alarm.js";
import { Clock, runClock } from "./clock.js";
import { Contact } from "./contact.js";
import { listenToFrames } from "./frames.js";
import { Head } from "./head.js";
import { listenToKeys } from "./keys.js";
import { Navigation } from "./navigation.js";
import { Playback } from "./playback.js";
import { renewIfChanged } from "./renewal.js";
import { Rotation } from "./rotation.js";
import { Screen } from "./screen.js";

const page = document.body.dataset;
const LOOK_FOR_VERSION = 10 * 60 * 1000;
const clock = new Clock(page.serverTime);
const contact = new Contact(document.body, clock.now());
const head = new Head(document);
const alarm = new Alarm(page, { clock, onDone: () => screen.read() });
const screen = new Screen({
  clock,
  contact,
  onContent: (content, now) => head.show(content, now),
  onAlarms: (content, now) => alarm.show(content, now),
  onRecovery: () => renewIfChanged(page.version),
});
const navigation = new Navigation(page, screen);
const rotation = new Rotation(navigation);
const playback = new Playback(page, { clock, screen, navigation });

listenToFrames({ screen });
listenToKeys({ alarm, navigation, playback, rotation, screen });
screen.open(document.querySelector("main"));
navigation.mark();
setInterval(() => screen.read(), Number(page.pollEvery) * 1000);
setInterval(() => renewIfChanged(page.version), LOOK_FOR_VERSION);
window.addEventListener("yiwang:live", (event) => contact.live(event.detail?.state === "open"));
runClock(clock, {
  onSecond: (now) => {
    contact.show();
    alarm.tick();
    screen.tick(now);
  },
  onNewDay: () => screen.read(),
});
