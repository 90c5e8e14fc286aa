/// <reference types="vite/client" />

declare module "virtual:messages/*" {
  import type { Catalogue } from "~/lib/i18n";

  const catalogue: Catalogue;
  export default catalogue;
}

declare module "virtual:administration-messages/*" {
  import type { Catalogue } from "~/lib/i18n";

  const catalogue: Catalogue;
  export default catalogue;
}

/** For tests alone: it comes without types. */
declare module "js-yaml" {
  export function load(text: string): unknown;
}
