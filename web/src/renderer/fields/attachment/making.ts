import type { Values } from "~/lib/i18n";
import type { FileKind, Made } from "~/store";
import { ENDINGS } from "./shown";

/** More than this the server throws away anyhow; a smaller picture goes up sooner and takes less of the device. */
const LONGEST: Readonly<Record<"image" | "document" | "signature", number>> = { image: 2048, document: 3000, signature: 1200 };
const THUMB = 256;
const QUALITY = 0.85;
const PICTURES = new Set(["image/jpeg", "image/png"]);

/** A file that cannot be taken: the message key, and what is in the message. */
export class NotTaken extends Error {
  constructor(
    readonly key: string,
    readonly params: Values = {},
  ) {
    super(key);
    this.name = "NotTaken";
  }
}

/**
 * A chosen file, ready to be kept. Pictures are drawn anew, upright and smaller, and so lose what the camera wrote into
 * them: where it was, when, by whom. Raises NotTaken.
 */
export async function makeFile(file: File, kind: FileKind, megabytes: number): Promise<Made> {
  const ending = file.name.split(".").at(-1)?.toLowerCase() ?? "";
  if (kind === "image" || kind === "signature") {
    const { blob, thumb } = await makePicture(file, LONGEST[kind], kind === "signature" ? "image/png" : "image/jpeg");
    return small({ kind, blob, thumb, fileName: kind === "image" ? "photo.jpg" : "signature.png" }, megabytes);
  }
  if (file.size === 0 || !ENDINGS[kind]?.includes(ending)) throw new NotTaken("attachment.type");
  if (kind === "document" && PICTURES.has(file.type)) {
    const { blob, thumb } = await makePicture(file, LONGEST.document, "image/jpeg");
    return small({ kind, blob, thumb, fileName: `${file.name.slice(0, -ending.length - 1) || "document"}.jpg` }, megabytes);
  }
  return small({ kind, blob: file, thumb: null, fileName: kind === "audio" ? `recording.${ending}` : file.name }, megabytes);
}

/** Raises NotTaken when it is larger than the server takes. */
export function small(made: Made, megabytes: number): Made {
  if (made.blob.size > megabytes * 1024 * 1024) throw new NotTaken("attachment.too_large", { megabytes });
  return made;
}

async function makePicture(file: Blob, longest: number, type: "image/jpeg" | "image/png"): Promise<{ blob: Blob; thumb: Blob }> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new NotTaken("files.picture_unreadable");
  }
  try {
    const large = drawn(picture, longest, type === "image/jpeg");
    const blob = await encoded(large, type);
    const thumb = await encoded(drawn(large, THUMB, true), "image/jpeg");
    return { blob, thumb };
  } finally {
    picture.close();
  }
}

/** The picture on a canvas, no side longer than this. On white where what is behind would be black. */
function drawn(picture: ImageBitmap | HTMLCanvasElement, longest: number, onWhite: boolean): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new NotTaken("files.picture_unreadable");
  if (onWhite) {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

export function encoded(canvas: HTMLCanvasElement, type: "image/jpeg" | "image/png"): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        if (blob) resolve(blob);
        else reject(new NotTaken("files.picture_unreadable"));
      },
      type,
      QUALITY,
    );
  });
}

/** What was drawn or typed as a signature. */
export async function makeSignature(canvas: HTMLCanvasElement): Promise<Made> {
  return { kind: "signature", blob: await encoded(drawn(canvas, LONGEST.signature, true), "image/png"), thumb: await encoded(drawn(canvas, THUMB, true), "image/jpeg"), fileName: "signature.png" };
}
