import type { JSX } from "preact";
import { localized } from "~/lib/i18n";
import type { InputProps } from "../../registry";
import css from "../../renderer.module.css";

export function Input({ field }: Pick<InputProps, "field">): JSX.Element {
  const help = localized(field.help_text);
  return (
    <div class={css.separator}>
      <h3>{localized(field.display_name)}</h3>
      {help ? <p>{help}</p> : null}
    </div>
  );
}
