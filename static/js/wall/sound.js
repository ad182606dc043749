/* The tone of an alarm: two short notes over and over, unless this screen was muted. After a minute
   without a new alarm it comes more seldom: a night of four-second tones makes people mute it. */
import { word } from "./words.js";

const EVERY = 4000;
const SELDOM = 20_000;
const SELDOM_AFTER = 60_000;
const NOTES = [880, 1175];
const NOTE_SECONDS = 0.18;
const LOUDNESS = 0.25;

export class Sound {
  #context = null;
  #timer = null;
  #isWanted = false;
  #newest = 0;
  #since = 0;

  constructor(wall) {
    this.key = `yiwang-muted:${wall}`;
    this.isMuted = read(this.key) === "yes";
    // Browsers keep a page silent until somebody has touched it; kiosks may allow it from the start.
    for (const name of ["pointerdown", "keydown"]) {
      document.addEventListener(name, () => this.#context?.resume().then(() => this.#tell()));
    }
    this.#tell();
  }

  /** Start or stop; `newest` is the instant of the newest alarm, and a newer one rings at once. */
  ring(isWanted, newest = 0) {
    const isNewer = newest > this.#newest;
    this.#newest = newest;
    if (isWanted === this.#isWanted && !(isWanted && isNewer)) return;
    this.#isWanted = isWanted;
    clearTimeout(this.#timer);
    this.#since = performance.now();
    if (isWanted) this.#repeat();
    this.#tell();
  }

  #repeat() {
    this.#play();
    const isOld = performance.now() - this.#since >= SELDOM_AFTER;
    this.#timer = setTimeout(() => this.#repeat(), isOld ? SELDOM : EVERY);
  }

  toggle() {
    this.isMuted = !this.isMuted;
    write(this.key, this.isMuted ? "yes" : "no");
    this.#tell();
  }

  /** Say why nothing is heard. */
  said() {
    if (this.isMuted) return word("soundMuted");
    return this.#context?.state === "running" ? "" : word("soundLocked");
  }

  #play() {
    if (this.isMuted) return;
    this.#context ??= new AudioContext();
    const { currentTime } = this.#context;
    NOTES.forEach((pitch, place) => this.#note(pitch, currentTime + place * NOTE_SECONDS * 1.4));
    this.#tell();
  }

  #note(pitch, at) {
    const [source, volume] = [this.#context.createOscillator(), this.#context.createGain()];
    source.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
    volume.gain.linearRampToValueAtTime(0, at + NOTE_SECONDS);
    source.connect(volume).connect(this.#context.destination);
    source.start(at);
    source.stop(at + NOTE_SECONDS);
  }

  #tell() {
    const state = this.isMuted ? "muted" : this.#isWanted ? "ringing" : "quiet";
    document.body.dataset.sound = state;
    const button = document.querySelector('[data-do="mute"]');
    button?.setAttribute("aria-pressed", String(this.isMuted));
  }
}

/* A screen whose browser keeps nothing still has its sound. */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is forgotten at the next start, and the sound is on again: the safe side.
  }
}
