// What the outbox says to the person who fills in a form.

import { isFull } from "./store.js";

export const QUEUED = "已存进发件箱，有信号就自动发出，不用守着。";
const FULL = "手机存储已满，没有全部存进去。内容还在这一页上：请删去几张照片，或清理手机空间，再点一次。";

export function doneWords(form, row) {
  if (form.dataset.done) return form.dataset.done;
  return row.closes ? `已自行处置并结案，编号 ${row.server}` : `已上报，编号 ${row.server}`;
}

export function title(form) {
  const element = form.elements.namedItem("element");
  if (element) return element.selectedOptions[0]?.textContent ?? "";
  if (form.dataset.outbox !== "report") return "";
  const picked = form.querySelector("input[name=category]:checked + span")?.textContent;
  return picked ?? form.elements.namedItem("text").value.slice(0, 24);
}

export function faultWords(error) {
  return isFull(error) ? FULL : `没有存进手机：${error?.message ?? error}。内容还在这一页上。`;
}
