import type { JSX } from "preact";
import { useEffect, useState } from "preact/compat";
import { useLocale } from "~/lib/i18n";
import { isObject } from "~/lib/json";
import { navigate, usePlace } from "~/lib/router";
import { EmptyState, ErrorState, Page, Skeleton } from "~/ui/layout";
import { defaultAnswers } from "~/renderer/defaults";
import { said } from "~/renderer/kindWords";
import type { Data } from "~/renderer/types";
import { useSource, type Kind } from "~/store";
import { draftKeyOf, RecordDesk, type DraftOf } from "./RecordDesk";
import { BackToList } from "./BackToList";
import { useRoads, useSetup } from "./data";
import { Registration } from "./Registration";
import type { Setup } from "./setup";
import { today } from "./today";

/**
 * A record that is no case is registered by its forms at once. Who comes from another record says in the history entry
 * what is known already (`answers`) and with what it is bound up (`links`): neither stands in an address.
 */
export function NewRecord({ kind }: { kind: Kind }): JSX.Element {
  const locale = useLocale();
  const { state } = usePlace();
  const { setup, raw, error, retry } = useSetup(kind, typeof state["module"] === "string" ? state["module"] : "");
  const title = said(kind, "casefile.new.title");
  if (setup === null || raw === null)
    return (
      <Page title={title} before={<BackToList kind={kind} />} narrow>
        {error ? <ErrorState onRetry={retry}>{said(kind, "casefile.unreachable")}</ErrorState> : <Skeleton rows={4} blocks />}
      </Page>
    );
  const sections = setup.sections.filter((section) => section.writable);
  if (!setup.may("create") || sections.length === 0)
    return (
      <Page title={title} before={<BackToList kind={kind} />} narrow>
        <EmptyState icon="lock" title={said(kind, "casefile.new.not_permitted")} />
      </Page>
    );
  return <Begun key={`${setup.module} ${locale}`} setup={setup} />;
}

function Begun({ setup }: { setup: Setup }): JSX.Element {
  const source = useSource();
  const roads = useRoads(setup.kind);
  const { state } = usePlace();
  const [desk, setDesk] = useState(() => begin(setup, roads, state, source.drafts.get(draftKeyOf(setup.kind, null))?.value));
  useEffect(() => {
    const keep = (): void => {
      if (document.visibilityState === "hidden") void desk.keep();
    };
    document.addEventListener("visibilitychange", keep);
    return () => {
      document.removeEventListener("visibilitychange", keep);
      desk.close();
    };
  }, [desk]);
  return (
    <Registration
      key={desk.id}
      desk={desk}
      onStop={() => {
        void source.drafts.drop(draftKeyOf(setup.kind, null));
        if (desk.state.get().restored === null) navigate(`/${setup.kind}`, { force: true, replace: true });
        else setDesk(begin(setup, roads, state, null));
      }}
    />
  );
}

/** Goes on with what was begun, unless she comes from a record to begin another one. */
function begin(setup: Setup, roads: ReturnType<typeof useRoads>, state: Readonly<Record<string, unknown>>, draft: unknown): RecordDesk {
  const day = today();
  const links = isObject(state["links"]) ? (state["links"] as Data) : {};
  if (isObject(draft)) {
    const begun = draft as unknown as DraftOf;
    if (Object.keys(links).length === 0 || JSON.stringify(links) === JSON.stringify(begun.links ?? {})) return new RecordDesk(begun.id, true, setup, day, roads, {}, null, { ...begun, base: {} }, {}, [], begun.links);
  }
  const fields = setup.sections.filter((section) => section.writable).flatMap((section) => section.form.fields);
  const asked = new Set(fields.map((field) => field.name));
  const known = isObject(state["answers"]) ? Object.fromEntries(Object.entries(state["answers"] as Data).filter(([name]) => asked.has(name))) : {};
  // What stands there from the beginning is no draft: only what she types is kept.
  return new RecordDesk(crypto.randomUUID(), true, setup, day, roads, {}, null, null, { ...defaultAnswers(fields.filter((field) => !field.disabled), day), ...known }, [], links);
}
