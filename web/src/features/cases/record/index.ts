export { CasePage } from "./CasePage";
export { NewCase } from "./NewCase";
