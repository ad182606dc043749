/* Reads one address again when asked: one read at a time, many askings become one read. */
const TIME_LIMIT = 10000;
const RETRY_AFTER = [1000, 2000, 5000, 10000];

export class Source {
  #timer = null;
  #dueAt = Infinity;
  #isReading = false;
  #isAskedAgain = false;
  #startedAt = -Infinity;
  #failures = 0;
  #isStopped = false;

  /** `delay` gathers askings, `spacing` is the least time between the starts of two reads. */
  constructor({ url, delay = 60, spacing = 300, onValue, onFailure = () => {} }) {
    Object.assign(this, { url, delay, spacing, onValue, onFailure });
  }

  ask() {
    const now = performance.now();
    this.#schedule(Math.max(now + this.delay, this.#startedAt + this.spacing));
  }

  /** Read no more; an answer that is on its way is not told. */
  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(dueAt) {
    if (this.#isStopped) return;
    if (this.#isReading) {
      this.#isAskedAgain = true;
      return;
    }
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#read(), dueAt - performance.now());
  }

  async #read() {
    this.#dueAt = Infinity;
    this.#isReading = true;
    this.#isAskedAgain = false;
    const askedAt = (this.#startedAt = performance.now());
    let isRetried = false;
    try {
      const value = await this.#fetch();
      if (this.#isStopped) return;
      this.onValue(value, askedAt, performance.now());
      this.#failures = 0;
    } catch (error) {
      if (this.#isStopped) return;
      isRetried = true;
      this.onFailure(error.status ?? 0);
    }
    this.#isReading = false;
    if (isRetried) this.#schedule(performance.now() + this.#patience());
    else if (this.#isAskedAgain) this.ask();
  }

  async #fetch() {
    const answer = await fetch(this.url, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(TIME_LIMIT),
    });
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    return answer.json();
  }

  #patience() {
    this.#failures += 1;
    return RETRY_AFTER[Math.min(this.#failures, RETRY_AFTER.length) - 1];
  }
}
