import type { JSX } from "preact";
import { said } from "~/renderer/kindWords";
import type { Kind } from "~/store/types";
import { Link } from "~/ui/Button";
import { Icon } from "~/ui/icons";
import css from "./record.module.css";

/** The way back from a record to where those of its kind are listed. */
export function BackToList({ kind }: { kind: Kind }): JSX.Element {
  return (
    <Link href={`/${kind}`} class={css.back}>
      <Icon name="back" size={18} />
      {said(kind, "casefile.back_to_list")}
    </Link>
  );
}
