// Says that the page is an older copy while there is no line, and keeps what needs one from failing.

import { say } from "../outbox/flash.js";

export function startKept() {
  const notice = document.querySelector("[data-kept]");
  const show = (isAway) => (notice.hidden = !isAway);
  show(!navigator.onLine);
  window.addEventListener("offline", () => show(true));
  window.addEventListener("yiwang:live", ({ detail }) => show(detail.state !== "open"));
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.matches("[data-outbox]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say("这一步要联网，有信号后再点。");
  }, { capture: true });
}
