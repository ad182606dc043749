// Puts a ready phrase into its text field by one tap.

export function startPhrases() {
  document.querySelectorAll("[data-phrases]").forEach((box) => {
    const field = document.getElementById(box.dataset.phrases);
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const phrase = event.target.closest("button")?.textContent.trim();
      if (!phrase) return;
      field.value = field.value.trim() ? `${field.value.trim()}${phrase}` : phrase;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
}
