// The live socket of a page: <body data-live="/ws/live/"> starts it; data-live-topics names, with
// spaces between, what the page hears instead of what is its person's. Every frame becomes an event
// on window, yiwang:<type>, once and in order (yiwang:order, :figures, :values, :snapshot ...);
// yiwang:live tells of the line, yiwang:resync says "read again", yiwang:refused names a topic.
import { GAP, KNOWN, Places } from "./live/places.js";

const SIGNED_OUT = 4401;
const SILENCE_MS = 40_000; // two pings missed: the line is dead, whatever the browser believes
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

const tell = (name, detail) =>
  window.dispatchEvent(new CustomEvent(`yiwang:${name}`, { detail }));

class Live {
  constructor(path, topics) {
    this.url = new URL(path, window.location.href);
    this.url.protocol = this.url.protocol.replace("http", "ws");
    this.topics = topics;
    this.attempt = 0;
    this.places = new Places();
    this.isAsking = false; // frames on the way were told from another place
    this.reason = "first";
    this.state = null;
  }

  open() {
    clearTimeout(this.retry);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("open", () => this.ask(this.reason));
    socket.addEventListener("message", (event) => {
      if (socket === this.socket) this.hear(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      if (socket === this.socket) this.lose(event.code);
    });
    this.watch();
  }

  // Say what the page hears, and from where; the server answers with hello and what is missing.
  ask(reason) {
    this.isAsking = true;
    this.reason = reason;
    const wish = this.topics.length
      ? { topics: this.places.say(this.topics) }
      : { mine: this.places.say() };
    this.socket.send(JSON.stringify({ type: "subscribe", ...wish }));
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
    else if (frame.type === "refused") tell("refused", frame);
    else if (this.isAsking) return;
    else if (frame.type === "resync") this.ask("gap");
    else if (frame.type === "ping") this.compare(frame);
    else if (frame.type === "snapshot") tell("snapshot", frame);
    else this.take(frame);
  }

  take(frame) {
    const kind = this.places.take(frame);
    if (kind === GAP) this.ask("gap");
    else if (kind !== KNOWN) tell(frame.type, frame);
  }

  compare(frame) {
    if (this.places.matches(frame.topics)) tell("ping", frame);
    else this.ask("gap");
  }

  greet(frame) {
    const { reason } = this;
    this.isAsking = false;
    this.reason = "reconnect";
    this.attempt = 0;
    this.places.begin(frame.topics);
    this.show("open");
    // At first, too: something may have happened between the page's reading and this greeting.
    if (frame.reread.length) tell("resync", { reason, topics: frame.reread });
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

const { live: path, liveTopics = "" } = document.body.dataset;
if (path) {
  const live = new Live(path, liveTopics.split(" ").filter(Boolean));
  live.open();
  window.addEventListener("online", () => live.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") live.hurry();
  });
}
