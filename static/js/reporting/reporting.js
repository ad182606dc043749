// The desk of those who report follows what waits for their decision.
import { startFresh } from "../live/fresh.js";

startFresh("reports");
