// The plate of a point: read by the camera, from a photo, or typed. Browsers that read no codes
// themselves get a reader of ours, fetched (or found in what the phone keeps) when it is needed.

import { shrink } from "../forms/shrink.js";

const LOOK_MS = 250;
const LONGEST = 20; // of a code; longer is no plate of ours

export function startScan(found) {
  const box = document.querySelector("[data-scan]");
  if (box === null) return;
  const scan = new Scan(box, found);
  document.querySelector("[data-scan-open]").addEventListener("click", () => scan.open());
}

export function codeOf(text) {
  const code = text.trim();
  return code && code.length <= LONGEST ? code : null;
}

async function readPhoto(file) {
  const small = await shrink(file);
  if (small === null) return []; // no picture at all
  const [detector, picture] = await Promise.all([reader(), createImageBitmap(small)]);
  return detector.detect(picture).finally(() => picture.close());
}

async function reader() {
  const formats = ["qr_code"];
  const native = window.BarcodeDetector;
  const known = await native?.getSupportedFormats?.().catch(() => []);
  if (native && (known ?? formats).includes("qr_code")) return new native({ formats });
  const { BarcodeDetector } = await import("../../vendor/qr/decode.js");
  return new BarcodeDetector({ formats });
}

class Scan {
  constructor(box, found) {
    this.box = box;
    this.found = found;
    this.video = box.querySelector("[data-scan-picture]");
    this.code = box.querySelector("input[name=code]");
    box.querySelector("[data-scan-form]").addEventListener("submit", (event) => this.typed(event));
    const photo = box.querySelector("[data-scan-photo]");
    photo.addEventListener("change", () => this.photo(photo));
    box.querySelector("[data-scan-close]").addEventListener("click", () => box.close());
    box.addEventListener("close", () => this.stop());
  }

  async open() {
    this.code.value = "";
    this.isOnPhoto = false;
    this.box.showModal();
    if (!navigator.mediaDevices?.getUserMedia) {
      this.say("这里打不开相机取景：请拍下点位牌，或输入编码。");
      return;
    }
    try {
      await this.look();
    } catch (error) {
      if (this.isOnPhoto) return; // which has words of its own
      this.say(
        error.name === "NotAllowedError"
          ? "没有允许用相机：请拍下点位牌，或输入编码。"
          : "相机打不开：请拍下点位牌，或输入编码。",
      );
    }
  }

  async look() {
    this.say("把牌上的二维码放进框里。");
    const [stream, detector] = await Promise.all([
      navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }),
      reader(),
    ]);
    if (!this.box.open) return stream.getTracks().forEach((track) => track.stop());
    this.stream = stream;
    this.video.srcObject = stream;
    this.video.hidden = false;
    this.video.play().catch(() => undefined); // a picture may be long in coming
    this.timer = setInterval(() => this.read(detector), LOOK_MS);
  }

  async read(detector) {
    if (this.isReading) return;
    this.isReading = true;
    const [seen] = await detector.detect(this.video).catch(() => []);
    this.isReading = false;
    if (seen && this.box.open) this.take(seen.rawValue);
  }

  /** Read a photo of the plate, made just now or before. */
  async photo(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    this.isOnPhoto = true;
    this.say("正在读这张照片…");
    const seen = await readPhoto(file).catch(() => null);
    if (seen === null) this.say("识别工具没有下载下来：有信号时再试，或输入编码。");
    else if (!seen.length) this.say("照片上没有读出二维码：请靠近些、拍正，或输入编码。");
    else if (this.box.open) this.take(seen[0].rawValue);
  }

  take(text) {
    const code = codeOf(text);
    if (code === null) return this.say("这不是巡查点的点位牌。");
    this.box.close();
    return this.found(code, "qr");
  }

  typed(event) {
    const code = codeOf(this.code.value);
    if (code === null) {
      event.preventDefault();
      this.say("请输入点位牌上的编码。");
      return;
    }
    this.found(code, "code");
  }

  stop() {
    clearInterval(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = this.stream = null;
    this.video.hidden = true;
  }

  say(words) {
    this.box.querySelector("[data-scan-words]").textContent = words;
  }
}
