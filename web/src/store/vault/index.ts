export { SORTS, type Bytes, type Handover, type Sort } from "./database";
export { sealTo, type InstanceKey } from "./sealing";
export { Vault } from "./vault";
