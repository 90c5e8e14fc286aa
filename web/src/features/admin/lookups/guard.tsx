import type { ComponentType, JSX } from "preact";
import { t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import { Page, Skeleton } from "~/ui";
import { NotYours } from "../parts";

/** A screen for those who may do one of these things with a thing; the server refuses the others anyway. */
export function forDoers(resource: string, actions: readonly string[], Screen: ComponentType<{ params: Params }>): ComponentType<{ params: Params }> {
  return function Guarded({ params }): JSX.Element {
    const me = useResource(useSource().me(), 300).value;
    if (me !== null && actions.some((action) => mayDo(me, resource, action))) return <Screen params={params} />;
    return <Page title={t("admin.title")}>{me === null ? <Skeleton rows={4} blocks /> : <NotYours />}</Page>;
  };
}

/** For those who may change the words of the configuration. */
export const forWords = (Screen: ComponentType<{ params: Params }>): ComponentType<{ params: Params }> => forDoers("metadata", ["manage", "manage_restricted"], Screen);
