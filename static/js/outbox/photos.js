// Sends one photo in pieces, from where the server says that it is.

import { changeIfRoom, keepPhoto } from "./store.js";
import { sendPieces } from "./pieces.js";
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
  return sendPieces({
    ask,
    path: `/api/v1/uploads/${photo.uuid}/`,
    blob: photo.blob,
    offset,
    piece: PIECE,
    onProgress: (at) =>
      changeIfRoom(record.uuid, { part: { uuid: photo.uuid, share: at / photo.size } }),
    onDamaged: (error) => again(photo, error),
  });
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
