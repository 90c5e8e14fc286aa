import type { JSX } from "preact";
import { localized, t } from "~/lib/i18n";
import { Button, IconButton } from "~/ui/Button";
import { Icon } from "~/ui/icons";
import { Badge } from "~/ui/labels";
import { say } from "~/ui/toast";
import { useAnswer, useSelected } from "../../answers";
import { defaultAnswers } from "../../defaults";
import { inputId } from "../../problems";
import css from "../../renderer.module.css";
import { useScope } from "../../scope";
import type { Data, Field, Json, Mode } from "../../types";
import { rowId, rowsOf } from "../../values";
import { textOfRow } from "../../words";
import { shownRows } from "./rows";

export function rowName(field: Field): string {
  return localized(field.display_name) || localized(field.subform?.name);
}

/** The rows of a subform, each as one line that opens; what is done here can be undone. */
export function Rows({ field, pointer, mode }: { field: Field; pointer: string; mode: Mode }): JSX.Element {
  const { desk, book, path } = useScope();
  const value = useAnswer(book, field.name);
  const rows = shownRows(field, value);
  // What the server holds already: such rows of an append-only list stay as they were written, the server holds to it too.
  const isStored = (id: string): boolean => path.length === 0 && rowsOf(desk.filling.base[field.name]).some((row) => rowId(row) === id);
  const isKept = (id: string): boolean => field.subform?.subform_append_only === true && isStored(id);
  const open = (id: string, fresh = false): void => {
    desk.openRows.set({ mode: isKept(id) ? "view" : mode, path: [...path, { field, id, ...(fresh ? { fresh } : {}) }] });
  };
  const put = (next: Data[]): void => {
    book.set(field.name, next as Json);
  };
  const add = (): void => {
    const id = crypto.randomUUID();
    put([...rowsOf(book.get(field.name)), { ...defaultAnswers(field.subform?.fields ?? [], desk.filling.today), unique_id: id }]);
    open(id, true);
  };
  const remove = (row: Data): void => {
    const all = rowsOf(book.get(field.name));
    const at = all.findIndex((one) => rowId(one) === rowId(row));
    put(all.filter((one) => rowId(one) !== rowId(row)));
    document.getElementById(`${inputId(pointer)}-add`)?.focus();
    say(t("renderer.rows.removed"), {
      icon: "trash",
      action: {
        label: t("renderer.undo"),
        run: () => {
          const now = rowsOf(book.get(field.name));
          if (!now.some((one) => rowId(one) === rowId(row))) put(now.toSpliced(Math.min(at, now.length), 0, row));
        },
      },
    });
  };
  const staysOnceStored = field.subform?.subform_prevent_item_removal === true || field.subform?.subform_append_only === true;
  const mayRemove = (id: string): boolean => mode === "edit" && !(staysOnceStored && isStored(id));
  return (
    <>
      {rows.length === 0 ? (
        <p class={css.quiet}>{t("renderer.rows.none")}</p>
      ) : (
        <ul role="list" class={css.rows}>
          {rows.map((row, at) => (
            <li key={rowId(row)} class={css.row}>
              <button
                type="button"
                id={inputId(`${pointer}/${rowId(row)}`)}
                class={css.rowOpen}
                onClick={() => {
                  open(rowId(row));
                }}
              >
                <span class={css.rowText}>
                  {textOfRow(field, row, desk.sources) || t("renderer.rows.unnamed", { name: rowName(field), number: at + 1 })}
                </span>
                <RowProblems pointer={`${pointer}/${rowId(row)}`} />
                <Icon name={mode === "edit" && !isKept(rowId(row)) ? "edit" : "chevron"} size={18} />
              </button>
              {mayRemove(rowId(row)) ? (
                <IconButton
                  icon="trash"
                  label={t("renderer.rows.remove", { what: textOfRow(field, row, desk.sources) || rowName(field) })}
                  onClick={() => {
                    remove(row);
                  }}
                />
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {mode === "edit" ? (
        <Button icon="plus" id={`${inputId(pointer)}-add`} onClick={add}>
          {t("renderer.rows.add", { what: rowName(field) })}
        </Button>
      ) : null}
    </>
  );
}

function RowProblems({ pointer }: { pointer: string }): JSX.Element | null {
  const { desk } = useScope();
  const count = useSelected(desk.filling.problems, (all) => [...all.entries()].reduce((sum, [key, list]) => sum + (key.startsWith(`${pointer}/`) ? list.length : 0), 0));
  return count === 0 ? null : (
    <Badge tone="danger" icon="alert">
      {t("renderer.rows.problems", { count })}
    </Badge>
  );
}
