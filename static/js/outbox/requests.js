// One request to the server, and what its answer means for the outbox: done, later or never.

import { person } from "./store.js";
import { heard } from "./clock.js";

const PATIENCE_MS = 60_000;
const LATER = new Set([401, 408, 425, 429]);
// Refusals that another try may overcome: somebody else is signed in, a token has changed.
const LATER_CODES = new Set([
  "other_person", "permission_denied", "offset_differs", "too_many_uploads", "photos_missing",
  "no_upload", "wrong_hash",
]);
const WORDS = {
  401: "登录已过期，请重新登录后自动发送。",
  other_person: "登录的是另一个账号，等本人登录后再发。",
  permission_denied: "登录状态变了，刷新页面后自动发送。",
};

export class Later extends Error {
  constructor(words, { isLine = false, code = "" } = {}) {
    super(words);
    this.isLine = isLine; // nothing got through: the others need not be tried now
    this.code = code;
  }
}

export class Refused extends Error {
  constructor({ detail, code, fields = {}, version }) {
    super(detail);
    Object.assign(this, { code, fields, version });
  }
}

export async function ask(path, { method = "POST", body, json, headers = {} } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      body: json === undefined ? body : JSON.stringify(json),
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        Accept: "application/json",
        "X-CSRFToken": cookie("csrftoken"),
        "Yiwang-Person": person,
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
    });
  } catch {
    throw new Later("没有网络", { isLine: true });
  }
  heard(response.headers.get("Date"));
  return read(response);
}

async function read(response) {
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  // A page where JSON was due is not from our server: a hotel's sign-in, an operator's notice.
  if (!isJson) throw new Later("网络被拦截或服务器忙", { isLine: response.status < 500 });
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new Later("没有网络", { isLine: true });
  }
  if (response.ok) return answer;
  if (response.status >= 500 || LATER.has(response.status) || LATER_CODES.has(answer.code)) {
    const words = WORDS[answer.code] ?? WORDS[response.status] ?? answer.detail;
    throw Object.assign(new Later(words, { code: answer.code }), { answer });
  }
  throw new Refused(answer);
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
