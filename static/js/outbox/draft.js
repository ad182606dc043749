// What is filled into a form, kept on the phone with its photos, and put back into the form.

import { KeptPhotos } from "./kept_photos.js";
import { show } from "./problems.js";
import { draftOf, drop, keep, record } from "./store.js";
import { fill, read } from "./values.js";
import { title } from "./words.js";

const RESTORED = new Set(["draft", "refused"]);

export class Draft {
  constructor(form) {
    this.form = form;
    this.name = form.dataset.outbox;
    [this.verb, this.number] = this.name.split(":");
    this.photos = new KeptPhotos(form);
  }

  async load() {
    this.row = await this.find();
    if (this.row) await this.restore();
  }

  async find() {
    const named = await record(window.location.hash.slice(1)).catch(() => undefined);
    if (named?.form === this.name && RESTORED.has(named.state)) return named;
    return this.number ? draftOf(this.name) : undefined;
  }

  async restore() {
    fill(this.form, this.row.values);
    await this.photos.restore(this.row.uuid);
    const note = this.form.querySelector("[data-draft-note]");
    if (note) note.hidden = false;
    this.form.closest("details")?.setAttribute("open", "");
    if (this.row.state === "refused") show(this.form, this.row.reason, this.row.fields);
    this.form.dispatchEvent(new CustomEvent("yiwang:restored", { bubbles: true }));
  }

  async save(facts) {
    this.row = {
      uuid: this.row?.uuid ?? crypto.randomUUID(),
      created: this.row?.created ?? Date.now(),
      form: this.name,
      kind: this.form.dataset.kind ?? (this.number ? "act" : "report"),
      page: window.location.pathname,
      number: this.number,
      verb: this.form.dataset.verb ?? this.verb,
      label: this.form.dataset.label,
      title: title(this.form),
      ...facts,
      values: { ...read(this.form), ...facts.values },
      touched: Date.now(),
    };
    await this.keepPhotos();
    await keep({ ...this.row, photos: this.photos.count });
    if (!this.number && window.location.hash.slice(1) !== this.row.uuid) {
      history.replaceState(null, "", `#${this.row.uuid}`); // a reload finds the draft
    }
  }

  // Where photos find no room the words are kept without them, as a draft whatever was wanted.
  async keepPhotos() {
    try {
      await this.photos.keep(this.row.uuid);
    } catch (error) {
      await keep({ ...this.row, state: "draft", photos: this.photos.count });
      throw error;
    }
  }

  async drop() {
    if (this.row) await drop(this.row.uuid);
  }
}
