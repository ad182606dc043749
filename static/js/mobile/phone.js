// Starts what the phone's pages do; each part looks for its own hooks.

import { startDrafts } from "../forms/drafts.js";
import { startPhotos } from "../forms/photos.js";
import { startPhrases } from "../forms/phrases.js";
import { startPosition } from "../forms/position.js";
import { startSearch } from "../forms/search.js";
import { startSending } from "../forms/sending.js";
import { startActionBar } from "./action_bar.js";
import { startDistance } from "./distance.js";
import { startFresh } from "./fresh.js";
import { startLink } from "./link.js";
import { startStale } from "./stale.js";

startDrafts(); // first: what it restores is what the others find
startPhotos();
startPhrases();
startPosition();
startSearch();
startSending();
startFresh();
startDistance();
startLink();
startStale();
startActionBar();
