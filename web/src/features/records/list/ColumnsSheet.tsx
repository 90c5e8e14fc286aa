import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { useSource, type Kind } from "~/store";
import { Button, Field, MultiCombobox, Sheet, Stack } from "~/ui";
import type { ListColumn } from "./columns";

/** Which columns the list has, in the order in which they were chosen; it is kept on this device. */
export function ColumnsSheet({ kind, open, all, shown, onClose }: { kind: Kind; open: boolean; all: readonly ListColumn[]; shown: readonly string[]; onClose: () => void }): JSX.Element {
  const { lists } = useSource();
  return (
    <Sheet
      open={open}
      title={t("lists.columns")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => void lists.wish(kind, { columns: null })}>{t("lists.columns.usual")}</Button>
          <Button look="primary" onClick={onClose}>
            {t("lists.columns.done")}
          </Button>
        </>
      }
    >
      <Stack>
        <Field label={t("lists.columns.label")}>{(attributes) => <MultiCombobox {...attributes} options={all.map(({ name, label }) => ({ value: name, label }))} values={shown} onValues={(columns) => void lists.wish(kind, { columns })} />}</Field>
      </Stack>
    </Sheet>
  );
}
