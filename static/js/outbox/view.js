// Lists records: all of a person's, those of one order, or the drafts. Each state looks different.

import { run } from "./outbox.js";
import { change, drop, records } from "./store.js";

export const STATES = {
  draft: "草稿", waiting: "等待信号", sending: "发送中", delivered: "已送达", refused: "被拒绝",
};
const ORDER = ["refused", "sending", "waiting", "draft", "delivered"];
const WORDS = ["text", "result", "reason", "finding", "note", "far_reason", "proof", "address", "findings"];

export function startLists() {
  const lists = [...document.querySelectorAll("[data-outbox-list]")];
  if (!lists.length) return;
  const draw = () => records().then((rows) => lists.forEach((list) => fill(list, rows)));
  window.addEventListener("yiwang:outbox", gathered(draw));
  document.querySelector("[data-outbox-retry] button")?.addEventListener("click", run);
  draw();
}

// A photo on its way tells of every piece; one drawing a frame is enough.
export function gathered(draw) {
  let asked = 0;
  return () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(draw);
  };
}

function fill(list, rows) {
  const { outboxNumber: number, outboxState: state } = list.dataset;
  const own = location.hash.slice(1);
  const shown = rows
    .filter((row) => row.kind !== "track" || row.state === "refused") // a way shows on its own page
    .filter((row) => !number || (row.number === number && row.state !== "delivered" && row.state !== "draft"))
    .filter((row) => !state || (row.state === state && !row.number && row.uuid !== own))
    .sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || other.created - one.created);
  list.replaceChildren(...shown.map(draw));
  if (number) list.hidden = shown.length === 0;
  if (state) drafts(shown.length);
  if (!number && !state) whole(shown);
}

function drafts(count) {
  const box = document.querySelector("[data-drafts]");
  box.hidden = count === 0;
  box.querySelector("[data-drafts-count]").textContent = count;
}

function whole(rows) {
  document.querySelector("[data-outbox-none]").hidden = rows.length > 0;
  document.querySelector("[data-outbox-retry]").hidden = !rows.some((row) => row.state === "waiting");
}

function draw(row) {
  const item = document.querySelector("template[data-outbox-row]").content.cloneNode(true).firstElementChild;
  const part = (name) => item.querySelector(`[data-record-${name}]`);
  item.dataset.state = row.state;
  item.dataset.uuid = row.uuid;
  part("icon").append(icon(row.state));
  part("state").textContent = STATES[row.state];
  part("title").textContent = [row.label, row.number ?? row.title].filter(Boolean).join(" · ");
  part("facts").textContent = facts(row);
  write(part("reason"), row.state === "delivered" ? "" : row.reason);
  write(part("words"), row.state === "refused" ? typed(row) : "");
  progress(part("progress"), row);
  acts(row, part);
  return item;
}

function icon(state) {
  return document.querySelector(`template[data-state-icon="${state}"]`).content.cloneNode(true);
}

function facts(row) {
  const at = new Date(row.delivered ?? row.at ?? row.touched).toLocaleString("zh-CN", {
    month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit",
  });
  const server = row.server && !row.number ? `编号 ${row.server}` : "";
  return [at, row.photos ? `${row.photos} 张照片` : "", server].filter(Boolean).join(" · ");
}

function typed(row) {
  return WORDS.map((name) => row.values[name]).filter(Boolean).join("\n");
}

function write(place, words) {
  place.textContent = words ?? "";
  place.hidden = !words;
}

function progress(bar, row) {
  bar.hidden = row.state !== "sending" || !row.part;
  bar.value = row.part?.share ?? 0;
  bar.setAttribute("aria-label", "照片上传进度");
}

function acts(row, part) {
  const [open, again, remove] = ["open", "again", "drop"].map(part);
  const isHalf = row.code === "photo_refused";
  open.hidden = !["draft", "refused"].includes(row.state) || isHalf || !row.form;
  open.textContent = row.state === "draft" ? "继续填写" : "打开修改";
  open.href = `${row.page ?? (row.number ? `/m/orders/${row.number}/` : "/m/report/")}#${row.uuid}`;
  again.hidden = row.state !== "refused" || isHalf;
  again.addEventListener("click", () =>
    change(row.uuid, { state: "waiting", isAhead: true, queued: Date.now() }).then(run),
  );
  remove.hidden = !["draft", "refused"].includes(row.state);
  remove.addEventListener("click", () => {
    if (remove.dataset.sure) drop(row.uuid);
    remove.dataset.sure = "1";
    remove.textContent = row.form ? "确定删除？内容和照片都会没有" : "确定删除这条记录？";
  });
}
