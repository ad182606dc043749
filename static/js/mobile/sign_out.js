// Signing out takes the kept pages off the phone. What is not sent stays, for its own person.

import { records } from "../outbox/store.js";
import { dropPages } from "./forget.js";

export function startSignOut() {
  const form = document.querySelector("form[data-sign-out]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const count = (await records()).filter((row) => row.state !== "delivered").length;
    const notice = form.querySelector("[data-unsent]");
    if (count && notice.hidden) {
      notice.textContent = `还有 ${count} 条没发出。退出后留在这部手机上，您再登录时接着发，别人看不到。再点一次就退出。`;
      notice.hidden = false;
      return;
    }
    await dropPages();
    form.submit();
  });
}
