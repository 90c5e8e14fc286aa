import { argon2 } from "./argon2";
import type { Stretch } from "./stretch";

addEventListener("message", ({ data }: MessageEvent<Stretch>) => {
  void argon2(data).then(
    (bytes) => {
      postMessage(bytes);
    },
    () => {
      postMessage(null);
    },
  );
});
