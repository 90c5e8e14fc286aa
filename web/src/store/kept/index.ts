export { Configuration, PartRefused, PARTS, type KeptPart, type PartName } from "./configuration";
export { findKept } from "./finding";
export { isAway, Kept, type KeptFace, type KeptState } from "./kept";
export { MOST_KEPT, MOST_PINNED, SHARE_OF_QUOTA } from "./scope";
export { summaryWith, type KeptRecord, type Summary } from "./summary";
