import type { JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { stable } from "~/lib/json";
import { Button, Field as Question, Notice, RadioGroup, Stack } from "~/ui";
import css from "./build.module.css";
import { SumOf } from "./calculations/SumOf";
import { readCalculation, wrongParts, writeSum, type ReadCalculation, type Sum } from "./calculations/sum";
import { Trial } from "./calculations/Trial";
import { ConditionBuilder } from "./ConditionBuilder";
import { useLookable } from "./conditions/words";
import { wrongIn } from "./problems";
import type { CalculationBuilderProps, Expression } from "./types";

export { SummaryBuilder } from "./calculations/SummaryBuilder";

type Kind = "none" | "sum" | "avg" | "condition";
const KINDS: readonly Kind[] = ["none", "sum", "avg", "condition"];

interface Held {
  readonly stored: string;
  readonly read: ReadCalculation;
}

/** What a question works out by itself: a total, an average, or whether something is so. With a trial below. */
export function CalculationBuilder({ value, onChange, owner, closed = false, ...given }: CalculationBuilderProps): JSX.Element {
  const known = useLookable(given);
  const stored = stable(value ?? null);
  const [held, hold] = useState<Held>(() => ({ stored, read: readCalculation(value) }));
  const read = useMemo(() => (held.stored === stored ? held.read : readCalculation(value)), [held, stored, value]);
  const kind: Kind = read.kind === "sum" ? read.sum.how : read.kind === "condition" ? "condition" : "none";

  const change = (next: ReadCalculation): void => {
    const expression = next.kind === "sum" ? writeSum(next.sum) : next.kind === "condition" ? (next.expression ?? null) : null;
    const written = expression === null ? null : { ...(value ?? { type: "number" }), expression };
    const wrong = next.kind === "sum" ? wrongParts(next.sum, known, owner) : next.kind === "condition" ? (next.expression === null ? 1 : wrongIn(next.expression, known, owner)) : 0;
    hold({ stored: stable(written), read: next });
    onChange(written, wrong);
  };
  const turn = (to: string): void => {
    if (to === kind) return;
    if (to === "sum" || to === "avg") {
      const sum: Sum = read.kind === "sum" ? { ...read.sum, how: to } : { how: to, terms: [{ kind: "question", name: "" }], places: null };
      change({ kind: "sum", sum: to === "sum" ? { ...sum, places: null } : sum });
    } else change(to === "condition" ? { kind: "condition", expression: null } : { kind: "none" });
  };

  if (read.kind === "broken") {
    return (
      <Stack gap={2}>
        <Notice
          tone="warn"
          title={t("admin.build.broken_sum.title")}
          actions={
            closed ? null : (
              <Button
                icon="trash"
                onClick={() => {
                  change({ kind: "none" });
                }}
              >
                {t("admin.build.remove_sum")}
              </Button>
            )
          }
        >
          {t("admin.build.broken.text", { why: t(`admin.build.broken.${read.code}`) })}
        </Notice>
        <pre class={css.stored} dir="ltr" tabIndex={0} aria-label={t("admin.build.broken.stored")}>
          {JSON.stringify(value, null, 2)}
        </pre>
      </Stack>
    );
  }
  return (
    <Stack gap={3}>
      <Question label={t("admin.build.worked_out")} group>
        {() => <RadioGroup value={kind} disabled={closed} options={KINDS.map((one) => ({ value: one, label: t(`admin.build.works.${one}`) }))} onValue={turn} />}
      </Question>
      {read.kind === "sum" ? (
        <>
          <SumOf
            sum={read.sum}
            known={known}
            owner={owner}
            closed={closed}
            depth={0}
            onChange={(sum) => {
              change({ kind: "sum", sum });
            }}
          />
          <Trial expression={writeSum(read.sum)} known={known} />
        </>
      ) : null}
      {read.kind === "condition" ? (
        <>
          <ConditionBuilder
            {...given}
            {...(owner === undefined ? {} : { owner })}
            about="answer"
            closed={closed}
            value={read.expression as Expression | null}
            onChange={(expression) => {
              change({ kind: "condition", expression });
            }}
          />
          <Trial expression={read.expression} known={known} />
        </>
      ) : null}
    </Stack>
  );
}
