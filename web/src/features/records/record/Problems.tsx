import type { JSX } from "preact";
import { localized, t } from "~/lib/i18n";
import { getPlace } from "~/lib/router";
import { useWatched } from "~/lib/watched";
import { Button } from "~/ui/Button";
import { focusControl, Notice, ProblemList, type Problem as Listed } from "~/ui/layout";
import { useSelected } from "~/renderer/answers";
import { inputId, locate } from "~/renderer/problems";
import { said } from "~/renderer/kindWords";
import type { OpenRow } from "~/renderer/scope";
import type { Problem } from "~/renderer/types";
import { labelOfField, textOfProblem, textOfRow } from "~/renderer/words";
import { rowId, rowsOf } from "~/renderer/values";
import type { RecordDesk } from "./RecordDesk";
import { goInRecord, recordPath } from "./RecordLink";

/** Opens the section and, if need be, the row, and puts the focus on the answer; a case that she is closing is still being closed. */
export function jumpTo(desk: RecordDesk, pointer: string, section: string | undefined, onSection?: (section: string) => void, replace = false): void {
  const spot = locate(pointer, desk.setup.sections, section);
  if (spot === null) return;
  const there = spot.section.form.unique_id;
  if (onSection) onSection(there);
  else goInRecord(`${recordPath(desk, there, "edit")}${getPlace().query.get("act") === "close" ? "?act=close" : ""}`, replace);
  desk.desk.openRows.set(spot.rows.length === 0 ? null : { mode: "edit", path: spot.rows.map((row): OpenRow => ({ field: row.field, id: row.id })) });
  let tries = 0;
  const attempt = (): void => {
    if (focusControl(inputId(pointer)) || ++tries > 40) return;
    setTimeout(attempt, 25);
  };
  // A sheet that opens first takes the focus itself; only then is it the answer's turn.
  setTimeout(attempt, spot.rows.length > 0 ? 150 : 0);
}

function whereIs(desk: RecordDesk, problem: Problem): string {
  const spot = locate(problem.pointer, desk.setup.sections);
  if (spot === null) return problem.pointer;
  let rows = rowsOf(desk.filling.answers.get(spot.rows[0]?.field.name ?? ""));
  const steps = spot.rows.map(({ field, id }) => {
    const row = rows.find((one) => rowId(one) === id);
    rows = [];
    return (row ? textOfRow(field, row, desk.setup.sources) : "") || labelOfField(field);
  });
  return [localized(spot.section.form.name), ...steps, labelOfField(spot.field)].join(" › ");
}

/** Everything that stands in the way of saving, in one list; each entry leads to its answer. */
export function Problems({ desk, section, onSection, onAnyway }: { desk: RecordDesk; section: string | undefined; onSection?: (section: string) => void; onAnyway: (() => void) | null }): JSX.Element | null {
  const { asked, raised } = useWatched(desk.state);
  const all = useSelected(desk.filling.problems, (shown) => shown);
  if (asked === null) return null;
  const standing = [...all.entries()].flatMap(([pointer, list]): Listed[] => {
    const first = list.find((one) => one.kind !== "notice");
    return first ? [{ id: pointer, label: whereIs(desk, first), message: textOfProblem(first, locate(pointer, desk.setup.sections)?.field) }] : [];
  });
  if (standing.length === 0) return null;
  return (
    <>
      <ProblemList
        problems={standing}
        shown={raised}
        title={t(asked === "wrong" ? "casefile.problems.wrong" : "casefile.problems.incomplete", { count: standing.length })}
        onJump={(problem) => {
          jumpTo(desk, problem.id, section, onSection);
        }}
      />
      {asked === "incomplete" && onAnyway === null ? (
        <Notice tone="info">{said(desk.kind, "casefile.close.needs_all")}</Notice>
      ) : asked === "incomplete" ? (
        <Notice
          tone="info"
          title={t("casefile.incomplete.title")}
          actions={
            <Button look="secondary" onClick={onAnyway ?? undefined}>
              {t("casefile.save_anyway")}
            </Button>
          }
        >
          {said(desk.kind, "casefile.incomplete.explain")}
        </Notice>
      ) : (
        <Notice tone="info">{t("casefile.wrong.explain")}</Notice>
      )}
    </>
  );
}
