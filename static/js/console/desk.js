// The console: brings its parts together. Each part attaches itself to data-* hooks.
import "./forms.js";
import "./picker.js";
import "./keys.js";
import "./live-rows.js";
import "./live-pane.js";
import "./contact.js";
import "./clock.js";
import "./map.js";
import "./selection.js";
import "./presence.js";
import "./nearby.js";

// Pages hold personal data: none of them is left in the browser's storage.
window.htmx.config.historyCacheSize = 0;
window.htmx.config.refreshOnHistoryMiss = true;
// A style attribute carried over to a fresh form would break the content security policy.
window.htmx.config.attributesToSettle = ["class"];
