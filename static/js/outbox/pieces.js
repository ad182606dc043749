// Sends the rest of a file piece by piece, each from where the server says that it is.

// `ask` is the caller's own request: it throws errors with `code` and the server's `answer`.
export async function sendPieces({ ask, path, blob, offset, piece, onProgress, onDamaged }) {
  let at = offset;
  for (;;) {
    const progress = await send({ ask, path, blob, at, piece, onDamaged });
    at = progress.offset;
    await onProgress(at);
    if (progress.is_complete) return progress;
  }
}

async function send({ ask, path, blob, at, piece, onDamaged }) {
  try {
    return await ask(path, {
      method: "PATCH",
      body: blob.slice(at, at + piece),
      headers: {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(at),
      },
    });
  } catch (error) {
    if (error.code === "offset_differs") return { offset: error.answer.offset };
    if (error.code !== "wrong_hash") throw error;
    await onDamaged(error);
    return { offset: 0 };
  }
}
