export { ACTS, actOf, layOver } from "./acts";
export { mergeAnswers } from "./merging";
export { httpDeliver, viewOf } from "./delivering";
export { Outbox, type Confirmed, type Road } from "./outbox";
export { heldBy, isKeptForOwner } from "./resting";
export { Decisions, type HandedOver, type Quarantined, type Resolution } from "./decisions";
export type { NotTakenIn, TakenIn } from "./carrying";
