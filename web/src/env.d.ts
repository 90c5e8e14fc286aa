/// <reference types="vite/client" />

declare module "virtual:messages/*" {
  const catalogue: import("~/lib/i18n").Catalogue;
  export default catalogue;
}
