// One's duty as this phone knows it: the record of its beginning, open until it has ended.

import { say } from "../outbox/flash.js";
import { run } from "../outbox/outbox.js";
import { ask } from "../outbox/requests.js";
import { change, queue, records } from "../outbox/store.js";
import { cutAll } from "./pieces.js";

const UNSENT = new Set(["waiting", "sending"]);
const PAGE = "/m/patrol/";

export async function onDuty() {
  return (await records()).findLast(isRunning);
}

export function isRunning(row) {
  return row.kind === "begin" && row.isOpen && row.state !== "refused";
}

export async function begin(area, title) {
  if (await onDuty()) return;
  const uuid = crypto.randomUUID();
  await queue({ uuid, kind: "begin", duty: uuid, label: "上岗", title, values: { area }, isOpen: true });
  run();
}

export async function end(duty) {
  await change(duty.uuid, { isOpen: false });
  await cutAll();
  await queue({ kind: "end", duty: duty.duty, label: "下岗", title: duty.title });
  run();
}

/** Looks whether a duty has ended elsewhere, and lets it end where its post is gone. */
export async function settle() {
  if (!navigator.onLine || !(await onDuty())) return;
  await cutAll();
  await run(); // what was done since takes back an end that was only silence
  const duty = await onDuty();
  if (!duty) return;
  const tabs = document.querySelector(".tabs");
  if (tabs && !tabs.querySelector(`a[href="${PAGE}"]`) && !isKept()) {
    await end(duty);
    say("您的网格员岗位已结束，已替您下岗；没发出的打卡和轨迹会接着发。");
    return;
  }
  if ((await records()).some((row) => row.duty === duty.duty && UNSENT.has(row.state))) return;
  const known = await ask(`/api/v1/duties/${duty.duty}/`, { method: "GET" }).catch(() => null);
  if (!known?.ended_at) return;
  await change(duty.uuid, { isOpen: false });
  say(known.is_silent ? "超过 3 小时没有联系，系统已下岗；要接着巡请再上岗。" : "已下岗：在别处下了岗，或您的网格员岗位已结束。");
}

// A kept page may be older than the post; only one that has just come from the server tells.
function isKept() {
  return !document.querySelector("[data-kept]")?.hidden;
}
