import type { Bytes } from "./database";

export interface Stretch {
  password: Bytes;
  salt: Bytes;
  /** In KiB. */
  memory: number;
  passes: number;
}

/** Argon2id, in a worker of its own so that the page goes on answering; the worker and its memory go when it is done. */
export function stretch(task: Stretch): Promise<Bytes> {
  if (typeof Worker === "undefined") return import("./argon2").then(({ argon2 }) => argon2(task));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./stretch.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Bytes | null>) => {
      worker.terminate();
      if (data) resolve(data);
      else reject(new Error("the password could not be stretched"));
    };
    worker.onerror = () => {
      worker.terminate();
      reject(new Error("the password could not be stretched"));
    };
    worker.postMessage(task);
  });
}
