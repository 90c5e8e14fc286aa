import type { JSX } from "preact";
import { memo, useMemo } from "preact/compat";
import { useLocale } from "~/lib/i18n";
import type { AnswerBook } from "./answers";
import { FieldRow } from "./FieldRow";
import { kindOf } from "./kinds";
import css from "./renderer.module.css";
import { ScopeProvider, type Desk, type OpenRow, type Scope } from "./scope";
import type { Field, Mode } from "./types";

export interface FormBodyProps {
  desk: Desk;
  fields: readonly Field[];
  book: AnswerBook;
  mode: Mode;
  prefix?: string;
  path?: readonly OpenRow[];
}

const RECORD: readonly OpenRow[] = [];

/** Draws any form from its definition. */
export const FormBody = memo(function FormBody({ desk, fields, book, mode, prefix = "", path = RECORD }: FormBodyProps): JSX.Element {
  const locale = useLocale();
  const scope = useMemo<Scope>(
    () => ({ desk, book, record: desk.filling.answers, mode, prefix, siblings: fields, path }),
    [desk, book, mode, prefix, fields, path],
  );
  const runs = useMemo(() => (mode === "view" ? inRuns(fields) : []), [fields, mode]);
  return (
    <ScopeProvider value={scope}>
      {mode === "edit" ? (
        <div class={css.form} key={locale}>
          {fields.map((field) => (
            <FieldRow key={field.name} field={field} />
          ))}
        </div>
      ) : (
        <div class={css.reading} key={locale}>
          {runs.map((run) =>
            run.alone ? (
              run.fields.map((field) => <FieldRow key={field.name} field={field} />)
            ) : (
              <dl key={run.fields[0]?.name} class={css.answers}>
                {run.fields.map((field) => (
                  <FieldRow key={field.name} field={field} />
                ))}
              </dl>
            ),
          )}
        </div>
      )}
    </ScopeProvider>
  );
});

interface Run {
  alone: boolean;
  fields: Field[];
}

/** Names and values form lists; headings and tables of rows stand between them. */
export function inRuns(fields: readonly Field[]): Run[] {
  const runs: Run[] = [];
  for (const field of fields) {
    const alone = kindOf(field).standsAlone === true;
    const last = runs.at(-1);
    if (last && last.alone === alone) last.fields.push(field);
    else runs.push({ alone, fields: [field] });
  }
  return runs;
}
