import type { ComponentType } from "preact";
import type { Params } from "~/lib/router";
import { byKind } from "~/store";
import { NewCase } from "./NewCase";
import { NewRecord } from "./NewRecord";
import { RecordPage } from "./RecordPage";

type PageOf = ComponentType<{ params: Params }>;

/** The page of one record of each kind. */
export const RECORD_PAGES = byKind<PageOf>((kind) => ({ params }) => <RecordPage kind={kind} params={params} />);
/** The page on which a record of each kind is registered; of a child it is looked first whether she is known. */
export const NEW_PAGES = byKind<PageOf>((kind) => (kind === "cases" ? NewCase : () => <NewRecord kind={kind} />));
