// Gathers photos below their input, shrunk and each removable; `takePhotos` puts them into a form's
// data. Without this module the plain inputs are posted as they are.

import { shrink } from "./shrink.js";

const BYTES_LIMIT = 20 * 1024 * 1024;
const COUNT_LIMIT = 9; // unless the box names its own
const gathered = new WeakMap(); // box → files
const working = new WeakMap(); // box → promise of what is still being shrunk

export function startPhotos() {
  document.querySelectorAll("[data-photos]").forEach(start);
}

export async function takePhotos(form, data) {
  for (const box of form.querySelectorAll("[data-photos]")) {
    await working.get(box);
    data.delete(box.dataset.photos);
    for (const file of gathered.get(box) ?? []) data.append(box.dataset.photos, file, file.name);
  }
}

/** List what is gathered in a form, by input; waits for what is still being shrunk. */
export async function photosIn(form) {
  const boxes = [...form.querySelectorAll("[data-photos]")];
  await Promise.all(boxes.map((box) => working.get(box)));
  return boxes.flatMap((box) =>
    (gathered.get(box) ?? []).map((file) => ({ field: box.dataset.photos, file })),
  );
}

/** Put back a photo that was kept. */
export function putPhoto(form, field, file) {
  const box = form.querySelector(`[data-photos="${CSS.escape(field)}"]`);
  if (box) show(box, file);
}

function start(box) {
  gathered.set(box, []);
  if ("photosScript" in box.dataset) box.hidden = false;
  box.classList.add("photos--ready");
  const album = box.querySelector("[data-photos-album]");
  if (album) album.hidden = false;
  box.querySelectorAll("[data-photos-input]").forEach((input) => {
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";
      const before = working.get(box) ?? Promise.resolve();
      working.set(box, before.then(() => add(box, files)));
    });
  });
}

async function add(box, files) {
  say(box, "");
  for (const file of files) {
    const fault = wrong(box, file);
    if (fault) {
      say(box, `${file.name}：${fault}`);
      continue;
    }
    const small = await shrink(file);
    if (small === null) say(box, `${file.name}：${unreadable(file)}`);
    else if (small.size > BYTES_LIMIT) say(box, `${file.name}：超过 20 MB，没有添加`);
    else show(box, small);
  }
}

function unreadable(file) {
  const isApple = /hei[cf]$/i.test(file.type) || /\.hei[cf]$/i.test(file.name);
  return isApple
    ? "是 HEIC 照片，打不开。请在手机的相机设置里改选「兼容性最佳」（JPEG）后重拍"
    : "不是照片，或已损坏，没有添加";
}

function wrong(box, file) {
  const limit = Number(box.dataset.photosLimit ?? COUNT_LIMIT);
  if (gathered.get(box).length >= limit) return `最多 ${limit} 张`;
  if (file.type && !file.type.startsWith("image/")) return "不是照片，没有添加";
  return "";
}

function show(box, file) {
  gathered.get(box).push(file);
  const item = document.createElement("li");
  item.className = "photos__item";
  const picture = document.createElement("img");
  picture.className = "photos__thumb";
  picture.alt = `照片 ${gathered.get(box).length}`;
  picture.src = URL.createObjectURL(file);
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "photos__drop";
  drop.setAttribute("aria-label", `删除${picture.alt}`);
  const cross = document.createElement("span");
  cross.textContent = "×";
  drop.append(cross);
  drop.addEventListener("click", () => {
    gathered.set(box, gathered.get(box).filter((other) => other !== file));
    URL.revokeObjectURL(picture.src);
    item.remove();
    say(box, "");
    changed(box);
  });
  item.append(picture, drop);
  box.querySelector("[data-photos-list]").append(item);
  changed(box);
}

// Whoever keeps what is gathered listens on the form.
function changed(box) {
  box.dispatchEvent(new CustomEvent("yiwang:photos", { bubbles: true }));
}

function say(box, words) {
  const place = box.querySelector("[data-error-for]");
  place.textContent = words;
  place.hidden = !words;
}
