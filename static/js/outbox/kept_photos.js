// Keeps the photos of a form as blobs, each with a number and a hash of its own, as they come and go.

import { photosIn, putPhoto } from "../forms/photos.js";
import { sha256 } from "./photos.js";
import { dropPhoto, keepPhoto, photosOf } from "./store.js";

export class KeptPhotos {
  constructor(form) {
    this.form = form;
    this.kept = new Map(); // file → photo
  }

  get count() {
    return this.kept.size;
  }

  async restore(record) {
    for (const photo of await photosOf(record)) {
      const file = new File([photo.blob], photo.name, { type: photo.blob.type });
      this.kept.set(file, photo);
      putPhoto(this.form, photo.field, file);
    }
  }

  async keep(record) {
    const there = await photosIn(this.form);
    for (const [file, photo] of this.kept) {
      if (there.some((one) => one.file === file)) continue;
      this.kept.delete(file);
      await dropPhoto(photo.uuid);
    }
    for (const { field, file } of there) {
      if (!this.kept.has(file)) await this.add(record, field, file);
    }
  }

  async add(record, field, file) {
    const photo = {
      uuid: crypto.randomUUID(), record, field, name: file.name, blob: file, size: file.size,
      sha256: await sha256(file), created: Date.now() + this.count,
    };
    await keepPhoto(photo);
    this.kept.set(file, photo);
  }
}
