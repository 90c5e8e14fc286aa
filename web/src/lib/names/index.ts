/** Names, numbers and identifiers as people write them: the same answers as the server's, from the same table. Load it lazily. */

export { fold, sortKey } from "./folding";
export { nameKeys, searchWords, type WordKeys } from "./keys";
export { nameLikeness, nameSimilarity, scoreName, type Likeness, type LikenessKind } from "./likeness";
export { NameIndex, type Named } from "./nameIndex";
export { identifierKey, phoneKey, phoneKeys, phoneSearchKey } from "./numbers";
