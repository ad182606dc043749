/* What the live socket tells a wall: single values and alarms, and that orders have moved. */
const HINTS = ["yiwang:figures", "yiwang:resync", "online"];

export function listenToFrames({ screen }) {
  const read = () => screen.read();
  for (const name of HINTS) window.addEventListener(name, read);
  document.addEventListener("visibilitychange", () => document.hidden || read());
  window.addEventListener("yiwang:values", ({ detail }) => take(screen, detail));
  window.addEventListener("yiwang:alarms", ({ detail }) => take(screen, detail));
  window.addEventListener("yiwang:snapshot", ({ detail }) => take(screen, detail.state));
}

/* Values and alarms are absolute and numbered: what is older than what is shown is passed over. */
function take(screen, { revision, rows = [], index, alarms = [] }) {
  screen.take(rows, { revision, index });
  screen.takeAlarms(alarms);
}
