// The plate of a point: its picture where the browser reads pictures, its typed code everywhere.

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

class Scan {
  constructor(box, found) {
    this.box = box;
    this.found = found;
    this.video = box.querySelector("[data-scan-picture]");
    this.code = box.querySelector("input[name=code]");
    box.querySelector("[data-scan-form]").addEventListener("submit", (event) => this.typed(event));
    box.querySelector("[data-scan-close]").addEventListener("click", () => box.close());
    box.addEventListener("close", () => this.stop());
  }

  async open() {
    this.code.value = "";
    this.box.showModal();
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) {
      this.say("这个浏览器不能扫码，请输入编码。");
      this.code.focus();
      return;
    }
    try {
      await this.look();
    } catch (error) {
      this.say(error.name === "NotAllowedError" ? "没有允许用相机：请输入编码。" : "相机打不开：请输入编码。");
    }
  }

  async look() {
    this.say("把牌上的二维码放进框里。");
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (!this.box.open) return stream.getTracks().forEach((track) => track.stop());
    this.stream = stream;
    this.video.srcObject = stream;
    this.video.hidden = false;
    this.video.play().catch(() => undefined); // a picture may be long in coming
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    this.timer = setInterval(() => this.read(detector), LOOK_MS);
  }

  async read(detector) {
    const [seen] = await detector.detect(this.video).catch(() => []);
    if (!seen || !this.box.open) return;
    const code = codeOf(seen.rawValue);
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
