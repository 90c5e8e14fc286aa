import type { components } from "./schema";

/** A shape of the API by its name in the contract: nobody declares it a second time. */
export type Shape<Name extends keyof components["schemas"]> = components["schemas"][Name];
