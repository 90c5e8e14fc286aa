import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/compat";
import { textOf as textOfError } from "~/api";
import { t } from "~/lib/i18n";
import { isAway, useList, type Kind, type Search } from "~/store";
import { ErrorState, Muted, Notice, Row, SearchBox, Skeleton, Stack } from "~/ui";
import css from "./picker.module.css";
import type { Data } from "./types";
import { textOf } from "./values";
import { Whose } from "./Whose";

/** What a line tells of a record, by its kind. */
const ROWS: Readonly<Record<Kind, string>> = {
  cases: "name,case_id_display,short_id,hidden_name,age,sex,owned_by,family_id,module_id",
  families: "family_name,family_id_display,family_number,family_size,short_id,owned_by,module_id",
  incidents: "short_id,incident_id_display,incident_date,incident_date_derived,cp_incident_violence_type,incident_case_id,owned_by",
  tracing_requests: "relation_name,tracing_request_id_display,short_id,inquiry_date,owned_by",
  registry_records: "name,registry_id_display,registry_no,registry_type,short_id,owned_by",
};
const SHOWN = 8;
const PAUSE_MS = 350;

export interface RecordPickerProps {
  kind: Kind;
  label: string;
  hint?: string;
  /** What narrows the choice beside her words. */
  filters?: Search;
  /** Those that are no choice. */
  without?: (row: Data) => boolean;
  onChoose: (row: Data) => void;
}

/** Looks for a record in her sight, by name or number, and chooses it. The words go in the body of a request, never in an address. */
export function RecordPicker({ kind, label, hint, filters, without, onChoose }: RecordPickerProps): JSX.Element {
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(text.trim());
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <Stack gap={3}>
      <SearchBox
        full
        label={label}
        {...(hint === undefined ? {} : { placeholder: hint })}
        value={text}
        onValue={setText}
        onSubmit={() => {
          setAsked(text.trim());
        }}
      />
      <Found key={asked} kind={kind} text={asked} {...(filters === undefined ? {} : { filters })} {...(without === undefined ? {} : { without })} onChoose={onChoose} />
    </Stack>
  );
}

function Found({ kind, text, filters, without, onChoose }: Omit<RecordPickerProps, "label" | "hint"> & { text: string }): JSX.Element {
  const body = useMemo<Search>(() => ({ ...filters, ...(text === "" ? { order_by: "last_updated_at", order: "desc" } : { query: text, any: true }), fields: ROWS[kind], page: 1, per: SHOWN }), [kind, text, filters]);
  const { value, error, derived } = useList(kind, body, text === "");
  if (value === null) return error === null ? <Skeleton rows={3} blocks /> : isAway(error) ? <Notice>{t("picker.offline")}</Notice> : <ErrorState>{textOfError(error)}</ErrorState>;
  const rows = derived.filter((row) => without?.(row.data) !== true);
  return (
    <>
      <p class={css.count} role="status">
        {t(rows.length === 0 ? "picker.none" : text === "" ? "picker.newest" : "picker.found", { count: rows.length })}
        {value.here === true ? <> {t("picker.here")}</> : null}
      </p>
      <ul role="list" class={css.list}>
        {rows.map(({ data }) => (
          <li key={textOf(data["id"])}>
            <button type="button" class={css.choice} onClick={() => { onChoose(data); }}>
              <Whose data={data} kind={kind} />
              <About data={data} />
            </button>
          </li>
        ))}
      </ul>
      {value.total > SHOWN ? <Muted small>{t("picker.more")}</Muted> : null}
    </>
  );
}

function About({ data }: { data: Data }): JSX.Element | null {
  const age = data["age"];
  const owner = textOf(data["owned_by"]);
  if (typeof age !== "number" && owner === "") return null;
  return (
    <Row className={css.about}>
      {typeof age === "number" ? <span>{t("picker.age", { age })}</span> : null}
      {owner === "" ? null : <bdi>{owner}</bdi>}
    </Row>
  );
}
