import type { JSX } from "preact";
import { useState } from "preact/compat";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { Button } from "~/ui/Button";
import { Field as Question, RadioGroup, TextArea } from "~/ui/form";
import { RiskBadge } from "~/ui/labels";
import { Sheet } from "~/ui/Sheet";
import { fieldShown } from "~/renderer/logic";
import { choicesOf, labelOf } from "~/renderer/sources";
import type { Data, Field } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { useSource } from "~/store";
import type { Setup } from "../record/setup";
import { change, type Seen } from "./changing";
import css from "./steps.module.css";

/** Answers that say why the risk is what it is, in the order in which they are asked for. */
const REASONS = ["rapid_risk_level_reasons", "assessment_risk_level_reasons"];

function writable(name: string, setup: Setup): Field | undefined {
  return setup.sections.filter((section) => section.writable).flatMap((section) => section.form.fields).find((field) => field.name === name && field.disabled !== true);
}

/** The answer in which the reason for a level is kept: the question that asks for it then, else a note. */
function reasonPlace(level: string, data: Data, setup: Setup): string | null {
  const asked = REASONS.find((name) => {
    const field = writable(name, setup);
    return field !== undefined && fieldShown(field, { ...data, risk_level: level });
  });
  if (asked !== undefined) return asked;
  return writable("notes_section", setup)?.subform?.fields.some((field) => field.name === "note_text") === true ? "notes_section" : null;
}

/** How great the danger is; changed with the reason why. */
export function Risk({ id, seen, data, setup, mayWrite }: { id: string; seen: Seen; data: Data; setup: Setup; mayWrite: boolean }): JSX.Element | null {
  const source = useSource();
  const field = setup.fields.get("risk_level");
  const [open, setOpen] = useState(false);
  const [level, setLevel] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  if (field === undefined) return null;
  const now = textOf(data["risk_level"]);
  const may = mayWrite && writable("risk_level", setup) !== undefined && data["status"] !== "closed";
  const place = level === "" ? null : reasonPlace(level, data, setup);
  const close = (): void => {
    setOpen(false);
    setLevel("");
    setReason("");
    setTried(false);
  };
  const go = async (): Promise<void> => {
    setTried(true);
    if (level === "" || level === now || (place !== null && reason.trim() === "")) return;
    setBusy(true);
    const why: JsonObject =
      place === null
        ? {}
        : place === "notes_section"
          ? { notes_section: [{ unique_id: crypto.randomUUID(), note_date: new Date().toISOString().replace(/\.\d{3}Z$/, "Z"), note_subject: t("story.risk.note"), note_text: reason.trim() }] }
          : { [place]: reason.trim() };
    const done = await change(source, id, seen, { risk_level: level, ...why }, t("story.risk.said"));
    setBusy(false);
    if (done) close();
  };
  const wrongLevel = level === "" ? t("renderer.problem.required") : level === now ? t("story.risk.same") : null;
  return (
    <span class={css.risk}>
      {now === "" ? <span class={css.quiet}>{t("casefile.risk.none")}</span> : <RiskBadge level={now} text={labelOf(field, now, setup.sources)} />}
      {may ? (
        <Button
          look="quiet"
          icon="edit"
          onClick={() => {
            setOpen(true);
          }}
        >
          {t("story.risk.change")}
        </Button>
      ) : null}
      <Sheet
        open={open}
        centre
        title={t("story.risk.change")}
        onClose={close}
        actions={
          <>
            <Button onClick={close}>{t("casefile.cancel")}</Button>
            <Button look="primary" busy={busy} onClick={() => void go()}>
              {t("casefile.save")}
            </Button>
          </>
        }
      >
        <div class={css.fields}>
          <Question group label={t("story.risk.level")} required error={tried ? wrongLevel : null}>
            {(attributes) => <RadioGroup name={attributes.id} value={level} onValue={setLevel} stacked options={choicesOf(field, setup.sources).filter((one) => one.retired !== true).map(({ id: value, label }) => ({ value, label }))} />}
          </Question>
          {level !== "" && place === null ? null : (
            <Question label={t("story.risk.why")} hint={t("story.risk.why_hint")} required error={tried && reason.trim() === "" ? t("renderer.problem.required") : null}>
              {(attributes) => <TextArea {...attributes} value={reason} onValue={setReason} />}
            </Question>
          )}
        </div>
      </Sheet>
    </span>
  );
}
