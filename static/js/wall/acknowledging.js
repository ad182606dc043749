/* Taking up alarms: the server says which of them this person may, and who was first. */
import { word } from "./words.js";

// The server takes so many at once; the rest stay in their line for the next act.
const MOST = 1000;

/** Acknowledge alarms by their ids; return what there is to say about those that were refused. */
export async function acknowledge(ids) {
  try {
    const answer = await fetch("/api/v1/episodes/acknowledge/", {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content,
      },
      body: JSON.stringify({ episodes: ids.slice(0, MOST) }),
    });
    const { detail, refused = [] } = await answer.json();
    if (!answer.ok) return detail ?? word("alarmFailed");
    return refused.length ? word("alarmPartly", { n: refused.length, detail: refused[0].detail }) : "";
  } catch {
    return word("alarmFailed");
  }
}
