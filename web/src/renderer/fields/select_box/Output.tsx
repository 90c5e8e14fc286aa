import type { JSX } from "preact";
import { Badge, RiskBadge } from "~/ui/labels";
import type { OutputProps } from "../../registry";
import css from "../../renderer.module.css";
import { useScope } from "../../scope";
import { labelOf } from "../../sources";
import { idsOf } from "../../values";

export function Output({ field, value }: OutputProps): JSX.Element {
  const { sources } = useScope().desk;
  const ids = idsOf(value);
  if (field.name === "risk_level" && ids[0] !== undefined) return <RiskBadge level={ids[0]} text={labelOf(field, ids[0], sources)} />;
  if (!field.multi_select) return <span dir="auto">{ids.map((id) => labelOf(field, id, sources)).join(", ")}</span>;
  return (
    <ul role="list" class={css.chips}>
      {ids.map((id) => (
        <li key={id} dir="auto">
          <Badge>{labelOf(field, id, sources)}</Badge>
        </li>
      ))}
    </ul>
  );
}
