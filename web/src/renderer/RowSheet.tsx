import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/compat";
import { t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { Button } from "~/ui/Button";
import { Sheet } from "~/ui/Sheet";
import { useSelected, type AnswerBook } from "./answers";
import { FormBody } from "./FormBody";
import { rowFields } from "./forms";
import { rowName } from "./fields/subform/Rows";
import type { Desk, OpenRow, OpenRows } from "./scope";
import type { Data, Field, Json } from "./types";
import { isBlank, pointerOf, rowId, rowsOf, sameValue } from "./values";

/** The row that is open, in a sheet beside the page. What is typed is in the record at once; closing keeps it. */
export function RowSheet({ desk }: { desk: Desk }): JSX.Element | null {
  const open = useWatched(desk.openRows);
  if (open === null || open.path.length === 0) return null;
  return <OpenSheet desk={desk} open={open} />;
}

interface Standing {
  field: Field;
  parent: AnswerBook;
  book: AnswerBook;
  prefix: string;
}

function standingOf(desk: Desk, path: readonly OpenRow[]): Standing | null {
  let parent = desk.filling.answers;
  let prefix = "";
  let found: Standing | null = null;
  for (const { field, id } of path) {
    const book = desk.filling.rowBook(parent, field, id);
    prefix += pointerOf(field.name, id);
    found = { field, parent, book, prefix };
    parent = book;
  }
  return found;
}

function OpenSheet({ desk, open }: { desk: Desk; open: OpenRows }): JSX.Element | null {
  const { path, mode } = open;
  const top = path.at(-1);
  const standing = useMemo(() => standingOf(desk, path), [desk, path]);
  const fields = useMemo(() => (standing ? rowFields(standing.field) : []), [standing]);
  const before = useRef(new Map<string, Data>());
  const isThere = useSelected(desk.filling.answers, () => standing !== null && top !== undefined && rowsOf(standing.parent.get(standing.field.name)).some((row) => rowId(row) === top.id));
  useEffect(() => {
    if (standing && top && !before.current.has(top.id)) before.current.set(top.id, standing.book.all());
    document.querySelector<HTMLElement>("dialog[open] h2")?.focus();
  }, [standing, top]);
  if (!standing || !top || !isThere) return null;
  const { field, parent, book, prefix } = standing;
  const up = (): void => {
    desk.openRows.set(path.length > 1 ? { mode, path: path.slice(0, -1) } : null);
  };
  const drop = (): void => {
    parent.set(field.name, rowsOf(parent.get(field.name)).filter((row) => rowId(row) !== top.id) as Json);
  };
  const close = (): void => {
    if (top.fresh && isUntouched(book.all(), before.current.get(top.id))) drop();
    up();
  };
  const takeBack = (): void => {
    const was = before.current.get(top.id);
    if (top.fresh || was === undefined) drop();
    else book.replace(was);
    up();
  };
  return (
    <Sheet
      open
      title={path.map((one) => rowName(one.field)).join(" › ")}
      onClose={close}
      actions={
        mode === "edit" ? (
          <>
            <TakeBack book={book} was={before.current.get(top.id)} fresh={top.fresh === true} onTakeBack={takeBack} />
            <Button look="primary" icon="check" onClick={close}>
              {t(path.length > 1 ? "renderer.row.done_back" : "renderer.row.done")}
            </Button>
          </>
        ) : (
          <Button onClick={close}>{t("ui.close")}</Button>
        )
      }
    >
      <FormBody key={prefix} desk={desk} fields={fields} book={book} mode={mode} prefix={prefix} path={path} />
    </Sheet>
  );
}

function TakeBack({ book, was, fresh, onTakeBack }: { book: AnswerBook; was: Data | undefined; fresh: boolean; onTakeBack: () => void }): JSX.Element | null {
  const changed = useSelected(book, (now) => fresh || (was !== undefined && !sameValue(was, now)));
  return changed ? (
    <Button look="quiet" icon="undo" onClick={onTakeBack}>
      {t(fresh ? "renderer.row.discard" : "renderer.row.take_back")}
    </Button>
  ) : null;
}

/** Opened, looked at, and closed again: no row. */
function isUntouched(row: Data, was: Data | undefined): boolean {
  return was === undefined ? Object.entries(row).every(([name, value]) => name === "unique_id" || isBlank(value)) : sameValue(row, was);
}
