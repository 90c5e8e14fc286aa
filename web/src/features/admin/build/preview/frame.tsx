/**
 * The inside of the preview: a document of its own, so that the width of the screen, the direction, the language and the
 * light are those of a worker's device. It knows no store, no session and no network (its own policy forbids that); it draws
 * what it is told and forgets it.
 */
import { render, useState, type JSX } from "preact/compat";
import { defaultAnswers } from "~/engine";
import { localized, t, useCatalogue, type Locale } from "~/lib/i18n";
import { useWatched, watched } from "~/lib/watched";
import { FormBody } from "~/renderer/FormBody";
import { Filling } from "~/renderer/filling";
import { formOffered } from "~/renderer/logic";
import { inReadingOrder, inputId, locate } from "~/renderer/problems";
import { RowSheet } from "~/renderer/RowSheet";
import { useSelected } from "~/renderer/answers";
import type { Section } from "~/renderer/forms";
import type { Desk, OpenRows } from "~/renderer/scope";
import type { Data } from "~/renderer/types";
import { labelOfField, textOfProblem } from "~/renderer/words";
import { Announcer, Button, focusControl, Muted, Notice, ProblemList, Row, Stack } from "~/ui";
import css from "./preview.module.css";
import { readyForm, type Access, type Drawing } from "./drawing";

/** Where this part of the app lies: the frame is told to begin with it. */
export const here: string = import.meta.url;
/** From the page around to the frame, and back. */
export const DRAW = "cpims.preview.draw";
export const READY = "cpims.preview.ready";

interface Standing {
  readonly desk: Desk;
  readonly main: Section;
  readonly elsewhere: Section | null;
  readonly access: Access;
  /** Another one for every beginning, so that nothing of the one before stays on the screen. */
  readonly turn: number;
}

const standing = watched<Standing | null>(null);
let turn = 0;

function today(): string {
  const now = new Date();
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Lays the definitions out anew around the answers that were given meanwhile. */
function layOut(drawing: Drawing, kept: Data | null): Standing {
  const { form, elsewhere } = readyForm(drawing.form, drawing.forms);
  const main: Section = { form, writable: true };
  const others: Section | null = elsewhere.length === 0 ? null : { form: { unique_id: "elsewhere", name: {}, fields: elsewhere }, writable: true };
  const sources = { locale: drawing.locale, fallback: "en", lookups: new Map(drawing.lookups.map((lookup) => [lookup.unique_id, lookup])), places: drawing.places, reportingLevel: null, agencies: [], users: [] };
  const day = today();
  const answers = kept ?? (defaultAnswers(form.fields, { today: day, now: `${day}T00:00:00Z` }) as Data);
  const filling = new Filling(others === null ? [main] : [others, main], answers, null, day, sources);
  turn += 1;
  return { desk: { sources, filling, openRows: watched<OpenRows | null>(null), files: null }, main, elsewhere: others, access: drawing.access, turn };
}

let last: Drawing | null = null;

function draw(drawing: Drawing): void {
  const root = document.documentElement;
  useCatalogue(drawing.locale as Locale, drawing.catalogue);
  root.dir = drawing.rtl ? "rtl" : "ltr";
  root.dataset["theme"] = drawing.look;
  document.title = localized(drawing.form.name) || drawing.form.unique_id;
  const before = standing.get();
  const same = last !== null && last.form.unique_id === drawing.form.unique_id;
  last = drawing;
  standing.set(layOut(drawing, same && before !== null ? before.desk.filling.answers.all() : null));
}

function Preview(): JSX.Element | null {
  const now = useWatched(standing);
  return now === null ? null : <Drawn key={now.turn} {...now} />;
}

function Drawn({ desk, main, elsewhere, access }: Standing): JSX.Element {
  const { form } = main;
  const [checked, setChecked] = useState(0);
  const offered = useSelected(desk.filling.answers, (all) => formOffered(form, all));
  const problems = useSelected(desk.filling.problems, (shown) => shown);
  const sections = elsewhere === null ? [main] : [elsewhere, main];
  const standingProblems = inReadingOrder([...problems.values()].flat(), sections).filter((one) => one.kind !== "notice");
  const description = localized(form.description);
  return (
    <main class={css.page}>
      <Stack>
        {elsewhere === null ? null : (
          <details class={css.elsewhere} open>
            <summary>{t("admin.build.preview.elsewhere")}</summary>
            <FormBody desk={desk} fields={elsewhere.form.fields} book={desk.filling.answers} mode="edit" />
          </details>
        )}
        {offered ? null : <Notice tone="warn">{t("admin.build.preview.not_offered")}</Notice>}
        <h1>{localized(form.name) || form.unique_id}</h1>
        {description ? <Muted>{description}</Muted> : null}
        {checked > 0 && access === "rw" ? (
          standingProblems.length === 0 ? (
            <Notice tone="ok">{t("admin.build.preview.no_problems")}</Notice>
          ) : (
            <ProblemList
              shown={checked}
              problems={standingProblems.flatMap((problem) => {
                const spot = locate(problem.pointer, sections);
                return spot === null ? [] : [{ id: inputId(problem.pointer), label: labelOfField(spot.field), message: textOfProblem(problem, spot.field) }];
              })}
              onJump={({ id }) => {
                const problem = standingProblems.find((one) => inputId(one.pointer) === id);
                const spot = problem === undefined ? null : locate(problem.pointer, sections);
                if (spot !== null && spot.rows.length > 0) {
                  desk.openRows.set({ mode: "edit", path: spot.rows });
                  requestAnimationFrame(() => focusControl(id));
                } else focusControl(id);
              }}
            />
          )
        ) : null}
        {form.fields.some((field) => field.visible !== false) ? (
          <FormBody desk={desk} fields={form.fields} book={desk.filling.answers} mode={access === "rw" ? "edit" : "view"} />
        ) : (
          <Muted>{t("admin.build.preview.empty")}</Muted>
        )}
        {access === "rw" ? (
          <Row>
            <Button
              icon="check"
              onClick={() => {
                desk.filling.problems.show(desk.filling.check());
                setChecked((count) => count + 1);
              }}
            >
              {t("admin.build.preview.check")}
            </Button>
            <Button
              look="quiet"
              icon="undo"
              onClick={() => {
                if (last !== null) standing.set(layOut(last, null));
              }}
            >
              {t("admin.build.preview.restart")}
            </Button>
          </Row>
        ) : null}
      </Stack>
      <RowSheet desk={desk} />
      <Announcer />
    </main>
  );
}

/** Begins only in a document that was made for it, and listens only to the page around it. */
function begin(): void {
  const root = document.getElementById("preview");
  if (root === null) return;
  window.addEventListener("message", (event: MessageEvent<{ kind?: unknown; drawing?: Drawing }>) => {
    if (event.source !== window.parent || event.origin !== window.origin || event.data.kind !== DRAW || event.data.drawing === undefined) return;
    draw(event.data.drawing);
  });
  render(<Preview />, root);
  window.parent.postMessage({ kind: READY }, window.origin);
}

if (typeof document !== "undefined") begin();
