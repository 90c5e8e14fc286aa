import { Refusal, Unreachable, type Answer, type Request, type Shape } from "~/api";
import { isObject } from "~/lib/json";
import { announced, PIECE, type KeptFile, type Shelf } from "./bytes";

export type Ask = (path: string, request?: Request) => Promise<Answer>;

/** On a line that breaks in the middle of a piece, pieces of the smallest size that the server takes. */
const SMALL_PIECE = 64 * 1024;
/** Damaged on its way so often, it is left for the next time. */
const MOST_BEGINNINGS = 3;
const UPLOADS = "/cpims/v1/uploads";

/** The bytes of a file are not on the device any more. */
export class BytesGone extends Error {
  constructor() {
    super("the bytes of a file are gone");
    this.name = "BytesGone";
  }
}

/**
 * Brings the bytes of one file to the server, from where it is: after a cut, a closed app, a restart of either side. When
 * this ends the server has them whole and has taken them. Raises Refusal (never to be taken), Unreachable, BytesGone.
 */
export async function sendFile(file: KeptFile, shelf: Shelf, ask: Ask, told: (sent: number) => void, thin = false): Promise<void> {
  for (let beginning = 0; beginning < MOST_BEGINNINGS; beginning += 1) {
    let upload = readUpload(await ask(UPLOADS, { method: "POST", body: { data: announced(file) } }));
    try {
      while (upload.state === "open" && upload.received < file.size) {
        told(upload.received);
        const piece = await shelf.read(file, upload.received, Math.min(thin ? SMALL_PIECE : PIECE, upload.largest_piece));
        if (piece === null) throw new BytesGone();
        upload = await sendPiece(upload, piece, ask);
      }
      told(file.size);
      // Of bytes that were refused before, this says why.
      if (upload.state === "open" || upload.state === "refused") await ask(`${UPLOADS}/${file.id}/finish`, { method: "POST" });
      return;
    } catch (error) {
      if (!(error instanceof Refusal) || !isToBeBegunAgain(error)) throw error;
    }
  }
  throw new Unreachable();
}

async function sendPiece(upload: Shape<"Upload">, piece: Uint8Array<ArrayBuffer>, ask: Ask): Promise<Shape<"Upload">> {
  try {
    return readUpload(await ask(`${UPLOADS}/${upload.id}/${String(upload.received)}`, { method: "PUT", bytes: piece }));
  } catch (error) {
    // An answer was lost, or another window sends the same: the server says where it is.
    if (error instanceof Refusal && error.code === "upload.offset") return readUpload(await ask(`${UPLOADS}/${upload.id}`));
    throw error;
  }
}

function isToBeBegunAgain({ code }: Refusal): boolean {
  return code === "upload.digest" || code === "upload.offset" || code === "upload.not_found";
}

function readUpload({ body }: Answer): Shape<"Upload"> {
  const data = isObject(body) ? body["data"] : null;
  if (!isObject(data) || typeof data["received"] !== "number" || typeof data["state"] !== "string") throw new Unreachable();
  return data as unknown as Shape<"Upload">;
}
