/** The server's side of sending files, for tests only: keeps pieces in order, loses what it is told to, knows what is ready. */

import { Unreachable, type Answer, type Request } from "~/api";
import type { JsonObject } from "~/lib/json";
import { refusal } from "../outbox/pretended";
import type { Ask } from "./sending";

interface Upload {
  id: string;
  size: number;
  sha256: string;
  state: "open" | "ready" | "refused" | "attached";
  bytes: number[];
}

export class PretendedUploads {
  readonly uploads = new Map<string, Upload>();
  /** Every piece that was taken: upload and place. */
  readonly pieces: [string, number][] = [];
  readonly asked: string[] = [];
  /** Raised before a request arrives, or after it was done, when its answer is to be lost. */
  before: (path: string) => Error | null = () => null;
  after: (path: string) => Error | null = () => null;
  /** Why `finish` refuses for ever. */
  unfit: string | null = null;

  readonly ask: Ask = async (path, request = {}) => {
    this.asked.push(`${request.method ?? "GET"} ${path}`);
    const early = this.before(path);
    if (early) throw early;
    const answer = await this.answer(path, request);
    const late = this.after(path);
    if (late) throw late;
    return answer;
  };

  isWhole(id: string): boolean {
    const upload = this.uploads.get(id);
    return upload?.state === "ready" || upload?.state === "attached";
  }

  private async answer(path: string, request: Request): Promise<Answer> {
    const [, , , , id = "", place] = path.split("/");
    if (request.method === "POST" && id === "") {
      const data = (request.body as { data: JsonObject }).data;
      const known = this.uploads.get(String(data["id"]));
      if (known && known.sha256 !== data["sha256"]) throw refusal(409, "upload.differs");
      const made: Upload = known ?? { id: String(data["id"]), size: Number(data["size"]), sha256: String(data["sha256"]), state: "open", bytes: [] };
      this.uploads.set(made.id, made);
      return told(made);
    }
    const upload = this.uploads.get(id);
    if (!upload) throw refusal(404, "upload.not_found");
    if (request.method === "DELETE") this.uploads.delete(id);
    else if (place === "finish") await this.finish(upload);
    else if (request.method === "PUT" && request.bytes) {
      if (Number(place) !== upload.bytes.length) throw refusal(409, "upload.offset");
      this.pieces.push([id, Number(place)]);
      for (const byte of request.bytes) upload.bytes.push(byte);
    }
    return told(upload);
  }

  private async finish(upload: Upload): Promise<void> {
    if (this.unfit !== null) {
      upload.state = "refused";
      throw refusal(422, this.unfit);
    }
    const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(upload.bytes)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (digest !== upload.sha256) {
      upload.bytes = [];
      throw refusal(422, "upload.digest");
    }
    upload.state = "ready";
  }
}

function told(upload: Upload): Answer {
  return { status: 200, etag: null, body: { data: { id: upload.id, state: upload.state, size: upload.size, received: upload.bytes.length, largest_piece: 1 << 20 } } };
}

export { Unreachable };
