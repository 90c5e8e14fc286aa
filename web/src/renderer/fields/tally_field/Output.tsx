import type { JSX } from "preact";
import { formatNumber, localized, t } from "~/lib/i18n";
import type { OutputProps } from "../../registry";
import css from "../../renderer.module.css";
import { isData } from "../../values";
import { totalOf } from "./text";

export function Output({ field, value }: OutputProps): JSX.Element {
  const counts = isData(value) ? value : {};
  const total = totalOf(field, value);
  return (
    <ul role="list" class={css.counts}>
      {(field.tally ?? []).map((item) => {
        const count = counts[item.id];
        return typeof count === "number" ? (
          <li key={item.id}>
            {localized(item.display_text)}: <bdi>{formatNumber(count)}</bdi>
          </li>
        ) : null;
      })}
      {field.autosum_total && total !== null ? (
        <li>
          <strong>{t("renderer.tally.total", { total: formatNumber(total) })}</strong>
        </li>
      ) : null}
    </ul>
  );
}
