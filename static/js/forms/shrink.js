// Shrinks a photo on the device and drops what the camera wrote into it, such as its position.

const LONGEST_EDGE = 1600;
const QUALITY = 0.85;

export async function shrink(file) {
  const bitmap = await decode(file);
  if (bitmap === null) return null;
  const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return blob === null ? file : new File([blob], named(file), { type: "image/jpeg" });
}

async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
}

function named(file) {
  return `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
}
