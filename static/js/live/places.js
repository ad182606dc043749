// How far a page has been told: an epoch and a number for each topic that it hears. A frame counts
// once; a number that is missing before it, or in a heartbeat, is a gap.

export const NEXT = "next";
export const KNOWN = "known";
export const GAP = "gap";

export class Places {
  #told = new Map(); // topic: [epoch, number]

  get isEmpty() {
    return this.#told.size === 0;
  }

  /** Give the places of these topics, or of all, as the server wants them said. */
  say(topics = [...this.#told.keys()]) {
    const said = topics.map((topic) => {
      const [epoch, seq] = this.#told.get(topic) ?? [];
      return [topic, epoch === undefined ? null : { epoch, seq }];
    });
    return Object.fromEntries(said);
  }

  /** Take over where the server begins. */
  begin(topics) {
    this.#told = new Map(Object.entries(topics));
  }

  /** Tell what a frame is to us, and move on by it where it is the next. */
  take(frame) {
    const places = { [frame.topic]: [frame.epoch, frame.seq], ...frame.also };
    const kinds = Object.entries(places).map(([topic, place]) => this.#compare(topic, place));
    if (kinds.includes(GAP)) return GAP;
    if (!kinds.includes(NEXT)) return KNOWN;
    for (const [topic, place] of Object.entries(places)) this.#told.set(topic, place);
    return NEXT;
  }

  /** Tell whether we have been told everything up to the places of a heartbeat. */
  matches(topics) {
    return Object.entries(topics).every(([topic, place]) => {
      const [epoch, seq] = this.#told.get(topic) ?? [];
      return epoch === place[0] && seq === place[1];
    });
  }

  #compare(topic, [epoch, seq]) {
    const told = this.#told.get(topic);
    if (told === undefined || told[0] !== epoch || seq > told[1] + 1) return GAP;
    return seq === told[1] + 1 ? NEXT : KNOWN;
  }
}
