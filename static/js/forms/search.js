// Narrows a list of choices while one types.

export function startSearch() {
  document.querySelectorAll("[data-search-in]").forEach((box) => {
    const field = box.querySelector("input[type=search]");
    const choices = [...box.querySelectorAll("[data-search-words]")];
    const none = box.querySelector("[data-search-none]");
    box.querySelector("[data-search-box]").hidden = false;
    field.addEventListener("input", (event) => {
      event.stopPropagation(); // what is searched for is no part of the draft
      const words = field.value.trim().toLowerCase();
      for (const choice of choices) {
        choice.hidden = !choice.dataset.searchWords.toLowerCase().includes(words);
      }
      none.hidden = choices.some((choice) => !choice.hidden);
    });
  });
}
