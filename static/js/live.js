// The live socket of a page: <body data-live="/ws/live/"> starts it. It tells the page through
// events on window: yiwang:order, yiwang:figures, yiwang:live and yiwang:resync ("read again").

const SIGNED_OUT = 4401;
const SILENCE_MS = 40_000; // two pings missed: the line is dead, whatever the browser believes
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

const tell = (name, detail) =>
  window.dispatchEvent(new CustomEvent(`yiwang:${name}`, { detail }));

class Live {
  constructor(path) {
    this.url = new URL(path, window.location.href);
    this.url.protocol = this.url.protocol.replace("http", "ws");
    this.attempt = 0;
    this.place = null; // how far all has been told: epoch and number
    this.state = null;
  }

  open() {
    clearTimeout(this.retry);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      if (socket === this.socket) this.lose(event.code);
    });
    this.watch();
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      const { socket } = this;
      this.lose(0);
      socket.close();
    }, SILENCE_MS);
  }

  hear(frame) {
    this.watch();
    if (frame.type === "hello") this.greet(frame);
    else if (frame.type === "resync") tell("resync", { reason: "gap" });
    else if (frame.type === "order" || frame.type === "figures") tell(frame.type, frame);
    if (frame.epoch) this.place = `${frame.epoch}:${frame.seq}`;
    else if (frame.seq && this.place) this.place = `${this.place.split(":")[0]}:${frame.seq}`;
  }

  greet(frame) {
    const here = `${frame.epoch}:${frame.seq}`;
    // At first, too: something may have happened between the page's reading and this greeting.
    const reason = this.place === null ? "first" : "reconnect";
    this.attempt = 0;
    this.show("open");
    if (this.place !== here) tell("resync", { reason });
  }

  lose(code) {
    clearTimeout(this.silence);
    this.socket = null;
    this.show("closed", code);
    if (code === SIGNED_OUT) return; // only a new sign-in helps
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.attempt);
    this.attempt += 1;
    clearTimeout(this.retry);
    // Jitter: after a restart not every page of the district comes at once.
    this.retry = setTimeout(() => this.open(), delay * (0.5 + Math.random()));
  }

  show(state, code = 0) {
    if (state === this.state) return;
    this.state = state;
    document.querySelectorAll("[data-live-chip]").forEach((chip) => {
      chip.textContent = state === "open" ? "已连接" : "连接中断";
      chip.dataset.live = state;
    });
    tell("live", { state, since: new Date().toISOString(), code });
  }

  hurry() {
    if (this.socket !== null || this.state === null) return;
    this.attempt = 0;
    this.open();
  }
}

const path = document.body.dataset.live;
if (path) {
  const live = new Live(path);
  live.open();
  window.addEventListener("online", () => live.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") live.hurry();
  });
}
