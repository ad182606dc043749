// Others at the same order learn whether somebody writes here.
import { hasTyped } from "./forms.js";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.matches?.("[data-presence]")) detail.parameters.writing = hasTyped() ? "yes" : "";
});
