// Sends forms marked data-send without leaving the page, so that a refusal or a lost network keeps
// every word and photo. The server answers {"location"} or {"detail", "code", "fields"}.

import { takePhotos } from "./photos.js";

const LOST = "没有发送成功：网络不通。内容和照片都还在，请到有信号的地方再点一次。";
const SIGNED_OUT = "没有发送：登录已过期。请在新页面登录后，回来再点一次。";
const BROKEN = "没有发送成功：服务器出错。内容还在，请稍后再试。";

export function startSending() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-send]")) return;
    event.preventDefault();
    if (!form.dataset.sending) send(form, event.submitter);
  });
}

async function send(form, submitter) {
  busy(form, submitter, true);
  forget(form);
  try {
    const answer = await post(form, submitter);
    if (answer.location) {
      form.dispatchEvent(new CustomEvent("yiwang:sent", { bubbles: true }));
      window.location.assign(answer.location);
      return;
    }
    refuse(form, answer);
  } catch {
    refuse(form, { detail: LOST });
  }
  busy(form, submitter, false);
}

async function post(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.set(submitter.name, submitter.value);
  const token = cookie("csrftoken"); // a new sign-in in another tab has changed it
  if (token) data.set("csrfmiddlewaretoken", token);
  await takePhotos(form, data);
  const response = await fetch(form.action, {
    method: "POST",
    body: data,
    headers: { Accept: "application/json" },
  });
  if (response.redirected) return { detail: SIGNED_OUT };
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
    return { detail: BROKEN };
  }
  return response.json();
}

function refuse(form, { detail, fields = {}, version, started }) {
  for (const [name, value] of Object.entries({ version, started })) {
    const field = form.querySelector(`input[name=${name}]`);
    if (value && field) field.value = value;
  }
  let isShown = false;
  for (const [name, words] of Object.entries(fields)) {
    isShown = mark(form, name.split(".")[0], words) || isShown;
  }
  const problem = form.querySelector("[data-form-problem]");
  if (isShown && !version) detail = "没有提交：请看标出的地方。";
  problem.textContent = version ? `${detail}内容还在，核对后可再次提交。` : detail;
  problem.hidden = false;
  const first = isShown ? form.querySelector("[data-error-for]:not([hidden])") : problem;
  first.closest("details")?.setAttribute("open", "");
  first.scrollIntoView({ block: "center" });
}

function mark(form, name, words) {
  const place = form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);
  if (place === null) return false;
  place.textContent = words.join("；");
  place.hidden = false;
  form.elements.namedItem(name)?.setAttribute?.("aria-invalid", "true");
  return true;
}

function forget(form) {
  form.querySelector("[data-form-problem]").hidden = true;
  form.querySelectorAll("[data-error-for]").forEach((place) => {
    place.hidden = true;
    place.textContent = "";
  });
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}

function busy(form, submitter, isBusy) {
  if (isBusy) form.dataset.sending = "1";
  else delete form.dataset.sending;
  submitter?.setAttribute("aria-busy", String(isBusy));
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
