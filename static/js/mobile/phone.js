// Starts what the phone's pages do; each part looks for its own hooks.

import { startPhotos } from "../forms/photos.js";
import { startPhrases } from "../forms/phrases.js";
import { startPosition } from "../forms/position.js";
import { startSearch } from "../forms/search.js";
import { startSending } from "../forms/sending.js";
import { startFresh } from "../live/fresh.js";
import { startChip } from "../outbox/chip.js";
import { startFlash } from "../outbox/flash.js";
import { startForms } from "../outbox/form.js";
import { startOutbox } from "../outbox/outbox.js";
import { startLists } from "../outbox/view.js";
import { startPatrol } from "../patrol/page.js";
import { startTracker } from "../patrol/tracker.js";
import { startActionBar } from "./action_bar.js";
import { startArrival } from "./arrival.js";
import { startCheck } from "./check.js";
import { startDistance } from "./distance.js";
import { startGridMap } from "./grid_map.js";
import { startKeep } from "./keep.js";
import { startKept } from "./kept.js";
import { startLink } from "./link.js";
import { prefill } from "./prefill.js";
import { startWorker } from "./register.js";
import { startSignOut } from "./sign_out.js";
import { startStale } from "./stale.js";

const ownNumber = document.querySelector("[data-number]")?.dataset.number;

startFlash();
startPhotos();
startPhrases();
startSearch();
startFresh("order", ({ number }) => !ownNumber || number === ownNumber);
startDistance();
startLink();
startStale();
startActionBar();
startArrival();
startGridMap();
startCheck();
startKept();
startSignOut();
startWorker();
startKeep();

// Hashes of photos need a secure page; over plain HTTP forms are sent as they are.
if (window.isSecureContext) {
  prefill();
  startForms().then(startPosition); // first: what a draft restores is what the position finds
  window.dispatchEvent(new Event("yiwang:forms")); // what was tapped before is done now
  startLists();
  startChip();
  startOutbox();
  startPatrol();
  startTracker();
} else {
  document.querySelectorAll("form[data-outbox]").forEach((form) => (form.dataset.send = ""));
  startPosition();
  startSending();
  window.dispatchEvent(new Event("yiwang:forms"));
}
