/* Words come from the page, where they can be translated. */
const words = document.getElementById("words").dataset;

/** Give the word under a data key, with `{name}` filled in from `values`. */
export function word(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function stateWord(state) {
  return words[`state${state[0].toUpperCase()}${state.slice(1)}`] ?? word("stateFault");
}

/** States that the page knows how to draw; anything else is shown as a fault, never as normal. */
export function knownState(state) {
  return ["normal", "yellow", "red", "no_data"].includes(state) ? state : "fault";
}
