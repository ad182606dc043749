// What a refusal means to the person who did it, by the kind of the record.

const ORDER = {
  not_found: "工单已转走，或您的岗位已结束，不在您手上了。",
  forbidden: "工单已转走，或您的岗位已结束：",
  action_not_allowed: "工单状态已变：",
  stale_version: "离线期间工单有更新，请看过最新内容再发。",
};
const DUTY = {
  not_found: "这次上岗没有登记上，记录留在手机上；请联系管理员。",
  forbidden: "没有上岗：您的网格员岗位已结束，或不再负责这个网格。",
  off_duty: "当时不在岗：可能已在别处下岗，或超过 3 小时没有联系。",
};
const VISIT = {
  not_found: "已不在册，或不归您管了。",
  forbidden: "没有记上：您的网格员岗位已结束，或不再负责这个网格。",
};
const PLAIN = { visit: VISIT, begin: DUTY, end: DUTY, "check-in": DUTY, track: DUTY };

export function plain(error, { kind }) {
  const words = (PLAIN[kind] ?? ORDER)[error.code];
  if (words !== undefined) return words.endsWith("：") ? `${words}${error.message}` : words;
  const named = reason(error);
  return named === error.message || error.message.startsWith(named) ? error.message : `${error.message}${named}`;
}

export function reason(error) {
  const words = Object.values(error.fields ?? {}).flat();
  return words.length ? [...new Set(words)].join("；") : error.message;
}
