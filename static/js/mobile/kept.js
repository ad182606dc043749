// Says that the page is an older copy while there is no line, and keeps what needs one from failing.

import { say } from "../outbox/flash.js";

const PATIENCE_MS = 8000; // a line that is up but dead answers nothing, not even no

export function startKept() {
  const notice = document.querySelector("[data-kept]");
  const show = (isAway) => (notice.hidden = !isAway);
  show(!navigator.onLine);
  window.addEventListener("offline", () => show(true));
  const patience = document.body.dataset.live && setTimeout(() => show(true), PATIENCE_MS);
  window.addEventListener("yiwang:live", ({ detail }) => {
    clearTimeout(patience);
    show(detail.state !== "open");
  });
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.matches("[data-outbox]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say("这一步要联网，有信号后再点。");
  }, { capture: true });
}
