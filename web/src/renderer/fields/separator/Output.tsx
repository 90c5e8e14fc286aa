import type { JSX } from "preact";
import { localized } from "~/lib/i18n";
import type { OutputProps } from "../../registry";
import css from "../../renderer.module.css";

export function Output({ field }: OutputProps): JSX.Element {
  return (
    <div class={css.separator}>
      <h3>{localized(field.display_name)}</h3>
    </div>
  );
}
