import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Link } from "~/ui/Button";
import { Icon } from "~/ui/icons";
import css from "./record.module.css";

/** The way back from a case to where cases are listed. */
export function BackToList(): JSX.Element {
  return (
    <Link href="/cases" class={css.back}>
      <Icon name="back" size={18} />
      {t("casefile.back_to_list")}
    </Link>
  );
}
