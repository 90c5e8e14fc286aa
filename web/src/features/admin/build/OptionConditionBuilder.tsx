import type { JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { Card, Muted, Stack } from "~/ui";
import { ConditionBuilder } from "./ConditionBuilder";
import { useLookable } from "./conditions/words";
import { wrongIn } from "./problems";
import type { Expression, OptionConditionBuilderProps } from "./types";

/** Which options are offered when: a condition for each mark that options bear. */
export function OptionConditionBuilder({ value, tags, onChange, owner, closed, ...given }: OptionConditionBuilderProps): JSX.Element {
  const known = useLookable(given);
  const stored = value ?? {};
  const all = useMemo(() => [...new Set([...tags, ...Object.keys(value ?? {})])], [tags, value]);
  const [wrong, setWrong] = useState<Readonly<Record<string, number>>>({});
  if (all.length === 0) return <Muted>{t("admin.build.tags.none")}</Muted>;
  return (
    <Stack gap={3}>
      <Muted small>{t("admin.build.tags.about")}</Muted>
      {all.map((tag) => (
        <Card key={tag} label={t("admin.build.tag", { tag })}>
          <Stack gap={2}>
            <h4>
              {t("admin.build.tag", { tag })} {tags.includes(tag) ? null : <Muted small>{t("admin.build.tag.unused")}</Muted>}
            </h4>
            <ConditionBuilder
              {...given}
              {...(owner === undefined ? {} : { owner })}
              closed={closed === true}
              about="options"
              value={(stored[tag] ?? null) as Expression | null}
              onChange={(next, problems) => {
                const rest = Object.fromEntries(Object.entries(stored).filter(([one]) => one !== tag));
                const after = next === null ? rest : { ...rest, [tag]: next };
                const counts = { ...wrong, [tag]: problems };
                setWrong(counts);
                const total = all.reduce((sum, one) => sum + (counts[one] ?? wrongIn(stored[one], known, owner)), 0);
                onChange(Object.keys(after).length === 0 ? null : after, total);
              }}
            />
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}
