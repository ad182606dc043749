// The earlier orders of a caller: asked for once per number, when it is complete or left.
const MOBILE = /^1[3-9][0-9]{9}$/;
const place = document.querySelector("[data-caller]");
let asked = "";

export async function askCaller(form) {
  const phone = form.elements.phone.value.trim();
  if (!phone || phone === asked) return;
  asked = phone;
  const body = new FormData();
  body.set("phone", phone);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  try {
    const answer = await fetch(form.dataset.callerUrl, { method: "POST", body });
    if (answer.ok && !answer.redirected && asked === phone) place.innerHTML = await answer.text();
  } catch {
    asked = ""; // the next change asks again
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[name=phone]") && MOBILE.test(target.value.trim())) askCaller(target.form);
});
document.addEventListener("change", ({ target }) => {
  if (target.matches("[name=phone]")) askCaller(target.form);
});
