import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOfProblem } from "~/api";
import { formatNumber, hasMessage, t } from "~/lib/i18n";
import type { ImportPlan } from "~/store";
import { Badge, Button, Checkbox, Facts, Muted, Notice, Records, Row, Stack } from "~/ui";
import { asCsv, offer } from "./table";

/** So many rows are told on the screen; the file has them all. */
const SHOWN = 100;
/** Keys of the API whose column has another name. */
const COLUMN_OF: Readonly<Record<string, string>> = {
  role_unique_id: "role",
  agency_unique_id: "agency",
  user_group_unique_ids: "groups",
  type: "place_type",
};

interface Wrong {
  id: string;
  cell: string;
  column: string;
  value: string;
  why: string;
}

interface PlanProps {
  plan: ImportPlan;
  busy: boolean;
  mayApply: boolean;
  onApply: (leaveOutBad: boolean) => void;
}

/** What a table would do: how many of what, every cell that is wrong, what changes; and the way to do it. */
export function PlanView({ plan, busy, mayApply, onApply }: PlanProps): JSX.Element {
  const [leaveOut, setLeaveOut] = useState(false);
  const coming = plan.create + plan.change;
  return (
    <Stack gap={6}>
      <Stack>
        <h2>{t("imports.plan.title")}</h2>
        <p role="status">{t("imports.plan.rows", { count: plan.rows })}</p>
        <Facts items={(["create", "change", "same", "bad"] as const).map((what) => [t(`imports.plan.${what}`), formatNumber(plan[what])] as const)} />
        {plan.invited > 0 ? <Muted>{t("imports.plan.invited", { count: plan.invited })}</Muted> : null}
        {plan.ignored.length > 0 ? <Notice tone="warn">{t("imports.plan.ignored", { columns: plan.ignored.map((one) => `${one.column ?? ""} (${one.cell})`).join(" · ") })}</Notice> : null}
        {coming === 0 ? <Notice>{t(plan.bad > 0 ? "imports.nothing.good" : "imports.nothing")}</Notice> : null}
      </Stack>
      {plan.bad > 0 ? <BadRows plan={plan} /> : null}
      {plan.change > 0 ? <ChangedRows plan={plan} /> : null}
      {coming > 0 ? (
        <Stack>
          {plan.bad > 0 ? <Checkbox checked={leaveOut} onChecked={setLeaveOut} label={t("imports.leave_out")} /> : null}
          <Row>
            <Button
              look="primary"
              busy={busy}
              disabled={!mayApply || (plan.bad > 0 && !leaveOut)}
              onClick={() => {
                onApply(leaveOut);
              }}
            >
              {t("imports.apply", { count: coming })}
            </Button>
          </Row>
        </Stack>
      ) : null}
    </Stack>
  );
}

function wrongIn(plan: ImportPlan): Wrong[] {
  return plan.bad_rows.flatMap((row) =>
    row.problems.map((one, place) => ({
      id: `${String(row.row)}-${String(place)}`,
      cell: one.cell,
      column: one.column ?? "",
      value: one.column === null ? "" : (row.cells[plan.heads.indexOf(one.column)] ?? ""),
      why: textOfProblem({ code: one.code, message: "", params: one.params as never }),
    })),
  );
}

function BadRows({ plan }: { plan: ImportPlan }): JSX.Element {
  const wrong = wrongIn(plan);
  const download = (): void => {
    const rows = plan.bad_rows.map((row) => {
      const cells = plan.heads.map((_, place) => row.cells[place] ?? "");
      const whys = wrong.filter(({ id }) => id.startsWith(`${String(row.row)}-`)).map(({ cell, why }) => `${cell}: ${why}`);
      return [...cells, whys.join(" · ")];
    });
    offer(asCsv([[...plan.heads, t("import.column.reason")], ...rows]), `${plan.kind}-wrong.csv`);
  };
  return (
    <section aria-labelledby="imports-bad">
      <Stack>
        <h3 id="imports-bad">{t("imports.bad.title")}</h3>
        <p>{t("imports.bad.text")}</p>
        <Row>
          <Button icon="download" onClick={download}>
            {t("imports.bad.download")}
          </Button>
        </Row>
        <Records
          label={t("imports.bad.title")}
          rows={wrong.slice(0, SHOWN)}
          keyOf={(one) => one.id}
          hrefOf={() => null}
          title={(one) => <bdi dir="ltr">{one.cell}</bdi>}
          titleLabel={t("imports.bad.cell")}
          marks={(one) => (one.column === "" ? null : <Badge>{one.column}</Badge>)}
          marksLabel={t("imports.bad.column")}
          columns={[
            { id: "value", label: t("imports.bad.value"), cell: (one) => (one.value === "" ? "" : <bdi dir={/\p{L}/u.test(one.value) ? "auto" : "ltr"}>{one.value}</bdi>), wraps: true },
            { id: "why", label: t("import.column.reason"), cell: (one) => one.why, wraps: true },
          ]}
        />
        {wrong.length > SHOWN ? <Muted>{t("imports.more", { count: wrong.length - SHOWN })}</Muted> : null}
      </Stack>
    </section>
  );
}

function ChangedRows({ plan }: { plan: ImportPlan }): JSX.Element {
  const rows = plan.changed.slice(0, SHOWN);
  return (
    <section aria-labelledby="imports-changed">
      <Stack>
        <h3 id="imports-changed">{t("imports.changed.title")}</h3>
        <Records
          label={t("imports.changed.title")}
          rows={rows}
          keyOf={(one) => `${String(one.row)}-${one.name}`}
          hrefOf={() => null}
          title={(one) => <bdi>{one.name}</bdi>}
          titleLabel={t("imports.changed.what")}
          marks={(one) => <Badge>{formatNumber(one.row)}</Badge>}
          marksLabel={t("imports.changed.row")}
          columns={[
            { id: "columns", label: t("imports.changed.columns"), cell: (one) => one.keys.map(columnWords).join(" · "), wraps: true },
          ]}
        />
        {plan.change > rows.length ? <Muted>{t("imports.more", { count: plan.change - rows.length })}</Muted> : null}
      </Stack>
    </section>
  );
}

/** What a key of the API is called above its column; a name has its language beside it. */
function columnWords(key: string): string {
  const [name = key, locale] = key.split("/");
  const words = `import.column.${COLUMN_OF[name] ?? name}`;
  const said = hasMessage(words) ? t(words) : name;
  return locale === undefined ? said : `${said} (${locale})`;
}
