import type { JSX } from "preact";
import { formatNumber, localized, t } from "~/lib/i18n";
import { NumberInput } from "~/ui/form";
import type { InputProps } from "../../registry";
import css from "../../renderer.module.css";
import { isData, readNumber, textOf } from "../../values";
import { totalOf } from "./text";

export function Input({ field, value, set, attributes }: InputProps): JSX.Element {
  const counts = isData(value) ? value : {};
  const total = totalOf(field, value);
  return (
    <div class={css.tally}>
      {(field.tally ?? []).map((item) => {
        const id = `${attributes.id}-${item.id}`;
        return (
          <div key={item.id} class={css.count}>
            <label htmlFor={id}>{localized(item.display_text)}</label>
            <NumberInput
              id={id}
              aria-describedby={attributes["aria-describedby"]}
              aria-invalid={attributes["aria-invalid"]}
              value={textOf(counts[item.id])}
              onValue={(typed) => {
                const next = { ...counts, [item.id]: readNumber(typed) };
                set(field.autosum_total ? { ...next, total: totalOf(field, next) } : next);
              }}
            />
          </div>
        );
      })}
      {field.autosum_total ? (
        <output class={css.total}>{total === null ? t("renderer.tally.none") : t("renderer.tally.total", { total: formatNumber(total) })}</output>
      ) : null}
    </div>
  );
}
