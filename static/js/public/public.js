// Starts what the residents' pages do; without it every form still works.

import { startPhotos } from "../forms/photos.js";
import { startPosition } from "../forms/position.js";
import { startSending } from "../forms/sending.js";
import { startCopy } from "./copy.js";
import { startPlace } from "./place.js";

startPhotos();
startPosition();
startPlace();
startSending();
startCopy();
