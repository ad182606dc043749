// A form of the phone: every field and photo is kept as a draft while it is filled in; submitting
// puts it into the outbox, whether there is a line or not.

import { photosIn } from "../forms/photos.js";
import { reportOf } from "../mobile/prefill.js";
import { Draft } from "./draft.js";
import { flash, trouble } from "./flash.js";
import { run } from "./outbox.js";
import { clear, missing, show } from "./problems.js";
import { change, record, records } from "./store.js";
import { read } from "./values.js";
import { doneWords, faultWords, QUEUED } from "./words.js";

const PATIENCE_MS = 4_000; // then the outbox goes on by itself
const PLACE = new Set(["lon", "lat"]);
const RECORD = /^#[0-9a-f-]{36}$/; // another record, not a place on the page

export async function startForms() {
  const forms = [...document.querySelectorAll("form[data-outbox]")];
  await Promise.all(forms.map((form) => new PhoneForm(form).start()));
  window.addEventListener("hashchange", () => RECORD.test(window.location.hash) && window.location.reload());
}

class PhoneForm {
  constructor(form) {
    this.form = form;
    this.draft = new Draft(form);
    this.work = Promise.resolve(); // what is written to the store, one after the other
  }

  // Listens at once: a tap that came before the draft is read must not post the bare form.
  start() {
    for (const kind of ["input", "change", "yiwang:photos"]) {
      this.form.addEventListener(kind, (event) => this.soon(event));
    }
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.querySelector("[data-draft-clear]")?.addEventListener("click", () => this.clear());
    this.work = this.draft.load();
    return this.work;
  }

  soon(event) {
    if (this.form.dataset.sending) return;
    const isPlace = PLACE.has(event.target.name); // a position alone is no draft
    const save = () => (isPlace && !this.draft.row ? undefined : this.draft.save({ state: "draft" }));
    this.work = this.work.then(save).then(
      () => this.relieve(),
      (error) => this.fail(error),
    );
  }

  fail(error) {
    this.hasFailed = true;
    trouble(faultWords(error));
  }

  /* What could not be kept before is kept now, such as after a photo was taken away. */
  relieve() {
    if (this.hasFailed) trouble("");
    this.hasFailed = false;
  }

  async submit(event) {
    event.preventDefault();
    if (this.form.dataset.sending) return;
    this.form.dataset.sending = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    try {
      await this.send(event.submitter);
    } catch (error) {
      this.fail(error);
    }
    delete this.form.dataset.sending;
    event.submitter?.removeAttribute("aria-busy");
  }

  async send(submitter) {
    clear(this.form);
    trouble("");
    await this.work;
    const photos = await photosIn(this.form);
    const values = read(this.form);
    const filled = (name) => Boolean(values[name]?.trim()) || photos.some((one) => one.field === name);
    const wrong = missing(this.form, submitter, filled);
    if (Object.keys(wrong).length) return show(this.form, "", wrong);
    await this.queue(submitter?.name ? { [submitter.name]: submitter.value } : {});
    await Promise.race([run(), pause(PATIENCE_MS)]);
    const next = submitter?.dataset.onward === undefined ? this.form.dataset.next : reportOf(this.form);
    return this.conclude(await record(this.draft.row.uuid), next);
  }

  async queue(values) {
    const others = await records();
    const isAhead = others.some(
      (row) => row.number && row.number === this.draft.number && ["waiting", "sending"].includes(row.state),
    );
    await this.draft.save({
      state: "waiting", at: new Date().toISOString(), queued: Date.now(), isAhead, reason: "", values,
      seen: this.form.elements.namedItem("version")?.value,
      closes: values.mode === "self_handle",
    });
  }

  async conclude(row, next) {
    if (row?.state === "refused" && row.code !== "photo_refused") return this.refuse(row);
    const done = row?.state === "delivered";
    flash(done ? doneWords(this.form, row) : row?.reason || QUEUED);
    if (window.location.pathname === next) {
      history.replaceState(null, "", next);
      return window.location.reload();
    }
    return window.location.assign(next);
  }

  async refuse(row) {
    await change(row.uuid, { state: "draft" });
    const version = this.form.querySelector("input[name=version]");
    if (row.fresh && version) version.value = row.fresh;
    show(this.form, row.fresh ? `${row.reason}内容还在，核对后可再次提交。` : row.reason, row.fields);
  }

  async clear() {
    await this.work;
    await this.draft.drop();
    history.replaceState(null, "", window.location.pathname);
    window.location.reload();
  }
}

function pause(time) {
  return new Promise((resolve) => setTimeout(resolve, time));
}
