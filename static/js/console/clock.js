// The server's time, carried on by the browser's steady clock.
const face = document.querySelector("[data-clock]");
const begun = Number(face.dataset.now) * 1000 - performance.now();
const format = new Intl.DateTimeFormat("zh-CN", {
  month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit",
  hour12: false, timeZone: "Asia/Shanghai",
});

function show() {
  const now = new Date(begun + performance.now());
  face.textContent = format.format(now);
  face.dateTime = now.toISOString();
}

show();
setInterval(show, 10_000);
