export { FILE_KINDS, filesAt, nameOf, uploadOf, type FileKind } from "./acts";
export { NoRoom, type KeptFile, type Made } from "./bytes";
export { Files, type FilesFace, type FilesState, type Said } from "./files";
export { THUMBS_BUDGET } from "./thumbs";
