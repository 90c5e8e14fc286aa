import { argon2id } from "hash-wasm";
import type { Bytes } from "./database";
import type { Stretch } from "./stretch";

/** 32 bytes that cost this much to find again. */
export async function argon2({ password, salt, memory, passes }: Stretch): Promise<Bytes> {
  return new Uint8Array(await argon2id({ password, salt, memorySize: memory, iterations: passes, parallelism: 1, hashLength: 32, outputType: "binary" }));
}
