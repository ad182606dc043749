// Sends one photo in pieces, from where the server says that it is.

import { change, keepPhoto } from "./store.js";
import { ask, Refused } from "./requests.js";

const PIECE = 256 * 1024;
const TRIES = 3; // of a photo whose hash does not come out right

export function announcement({ uuid, stage, size, sha256 }) {
  return { uuid, stage, size, sha256 };
}

export async function announce(photo) {
  return ask("/api/v1/uploads/", { json: announcement(photo) });
}

export async function upload(photo, { offset }, record) {
  let at = offset;
  for (;;) {
    const progress = await piece(photo, at);
    at = progress.offset;
    await change(record.uuid, { part: { uuid: photo.uuid, share: at / photo.size } });
    if (progress.is_complete) return progress;
  }
}

async function piece(photo, offset) {
  try {
    return await ask(`/api/v1/uploads/${photo.uuid}/`, {
      method: "PATCH",
      body: photo.blob.slice(offset, offset + PIECE),
      headers: {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(offset),
      },
    });
  } catch (error) {
    if (error.code === "offset_differs") return { offset: error.answer.offset };
    if (error.code !== "wrong_hash") throw error;
    await again(photo, error);
    return { offset: 0 };
  }
}

async function again(photo, error) {
  photo.tries = (photo.tries ?? 0) + 1;
  await keepPhoto(photo);
  if (photo.tries >= TRIES) throw new Refused({ detail: error.message, code: "wrong_hash" });
}

export async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
