import { rowsOffered } from "../../logic";
import type { Data, Field, Json } from "../../types";
import { isBlank, rowsOf, textOf } from "../../values";

/** The rows to be shown: those that meet the condition, in the configured order, rows without the answer last. */
export function shownRows(field: Field, value: Json | undefined): Data[] {
  const settings = field.subform_section_configuration ?? {};
  const rows = rowsOffered(settings.display_conditions, rowsOf(value).filter((row) => row["_destroy"] !== true));
  const by = settings.subform_sort_by ?? "";
  if (by === "") return rows;
  const turn = settings.subform_sort_by_direction === "desc" ? -1 : 1;
  return rows
    .map((row, at) => ({ row, at }))
    .sort((a, b) => {
      const one = a.row[by];
      const other = b.row[by];
      if (isBlank(one) || isBlank(other)) return Number(isBlank(one)) - Number(isBlank(other)) || a.at - b.at;
      const order = typeof one === "number" && typeof other === "number" ? one - other : textOf(one) < textOf(other) ? -1 : textOf(one) > textOf(other) ? 1 : 0;
      return order * turn || a.at - b.at;
    })
    .map(({ row }) => row);
}
