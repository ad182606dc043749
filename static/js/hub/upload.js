// Hands a file of any size in, piece by piece: a cut line is told and goes on by itself; after a
// reload the same file goes on from where the server says that it is.
import { sendPieces } from "../outbox/pieces.js";

const PIECE = 1024 * 1024;
const SAMPLE = 1024 * 1024;
const WAITS = [1, 2, 5, 10, 20]; // seconds, the last one again and again
const form = document.querySelector("[data-upload]");

class Trouble extends Error {
  constructor(words, { code = "", answer = {}, isFinal = false } = {}) {
    super(words);
    Object.assign(this, { code, answer, isFinal });
  }
}

// Not the page's own: a new sign-in in another window has changed it.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";

async function ask(path, { method = "POST", body, json, headers = {} } = {}) {
  let response;
  let answer;
  try {
    response = await fetch(path, {
      method,
      body: json ? JSON.stringify(json) : body,
      headers: {
        Accept: "application/json",
        "X-CSRFToken": token(),
        ...(json ? { "Content-Type": "application/json" } : {}),
        ...headers,
      },
    });
    answer = await response.json();
  } catch {
    throw new Trouble("线路断了，恢复后自动继续。");
  }
  if (response.ok) return answer;
  if (response.status === 401 || answer.code === "not_authenticated") {
    throw new Trouble("登录已过期，请在另一个窗口登录，之后自动继续。");
  }
  const words = [answer.detail, ...Object.values(answer.fields ?? {}).flat()].join(" ");
  const isFinal = response.status < 500 && !["offset_differs", "wrong_hash"].includes(answer.code);
  throw new Trouble(words, { code: answer.code, answer, isFinal });
}

// What tells a file from another one: name, size, time, and its ends where the page may hash.
async function markOf(file) {
  const ends = new Blob([file.slice(0, SAMPLE), file.slice(-SAMPLE)]);
  const parts = [file.size, file.lastModified, file.name.slice(-60)];
  if (crypto.subtle) {
    const digest = await crypto.subtle.digest("SHA-256", await ends.arrayBuffer());
    parts.push([...new Uint8Array(digest)].map((n) => n.toString(16).padStart(2, "0")).join(""));
  }
  return parts.join("|");
}

function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((n) => n.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const bar = form?.querySelector("progress");
const words = form?.querySelector("[data-upload-words]");

function show(text, offset, size) {
  words.hidden = bar.hidden = false;
  words.textContent = text;
  if (size) bar.value = (100 * offset) / size;
}

const share = (offset, size) =>
  `已传 ${Math.floor((100 * offset) / size)} %（${Math.ceil(offset / PIECE)} / ${Math.ceil(size / PIECE)} MB）`;

async function announce(file, path, uuid) {
  const mark = await markOf(file);
  const { results } = await ask(path, { method: "GET" });
  const known = results.find((one) => one.mark === mark);
  if (known) return known;
  const { mode, crs } = form.elements;
  return ask(path, {
    json: {
      uuid, file_name: file.name.slice(-200), size: file.size, mode: mode.value,
      crs: crs.value, mark,
    },
  });
}

async function once(file, uuid) {
  const upload = await announce(file, form.dataset.upload, uuid);
  show(share(upload.offset, file.size), upload.offset, file.size);
  if (!upload.is_loaded) await send(upload, file);
  window.location.assign(`/loads/${upload.uuid}/`);
}

function send(upload, file) {
  return sendPieces({
    ask,
    path: `/api/v1/load-uploads/${upload.uuid}/`,
    blob: file,
    offset: upload.offset,
    piece: PIECE,
    onProgress: (at) => show(share(at, file.size), at, file.size),
    onDamaged: (error) => { throw error; },
  });
}

async function handIn(file) {
  const uuid = newUuid(); // one for all tries: whatever was not heard, it becomes one load
  for (let tries = 0; ; tries += 1) {
    try {
      return await once(file, uuid);
    } catch (error) {
      if (!(error instanceof Trouble) || error.isFinal) throw error;
      show(error.message);
      const wait = WAITS[Math.min(tries, WAITS.length - 1)] * 1000;
      await new Promise((done) => {
        setTimeout(done, wait);
        window.addEventListener("online", done, { once: true });
      });
    }
  }
}

form?.addEventListener("submit", async (event) => {
  const [file] = form.elements.file.files;
  if (!file?.size) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await handIn(file);
  } catch (error) {
    show(error instanceof Trouble ? error.message : "读不到这个文件，请重新选择。");
    words.dataset.failed = "";
  }
  button.disabled = false;
});
