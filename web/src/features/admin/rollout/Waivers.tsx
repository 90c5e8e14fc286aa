import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatDay, formatMoment, t } from "~/lib/i18n";
import { MOST_WAIVER_DAYS, useRollout, type RolloutRoad, type Waiver } from "~/store/rollout";
import { Badge, Button, DateInput, Field, focusFirstWrong, Muted, Notice, PasswordInput, Row, say, Select, Sheet, Stack, TextArea } from "~/ui";
import { NOTHING_WRONG, toldBy } from "../problems";
import { gateTitle } from "./words";

const NAMES = ["gate", "reason", "until", "password"] as const;

/** A waiver, in force or over, with the one who signed it. */
export function WaiverRow({ waiver, mayDecide }: { waiver: Waiver; mayDecide: boolean }): JSX.Element {
  const rollout = useRollout();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const end = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      await rollout.end(waiver.id);
      say(t("admin.rollout.waiver.was_ended"));
    } catch (error) {
      setFailed(textOf(error));
      setBusy(false);
    }
  };
  return (
    <li>
      <Stack gap={1}>
        <Row>
          <Badge icon={waiver.live ? "edit" : "history"} tone={waiver.live ? "warn" : "plain"}>
            {t(waiver.live ? "admin.rollout.waiver.live" : "admin.rollout.waiver.over")}
          </Badge>
          <bdi>{waiver.reason}</bdi>
        </Row>
        <Muted small>
          {t("admin.rollout.waiver.by", { name: waiver.by_name || waiver.by, when: formatMoment(waiver.at), until: formatDay(waiver.until) })}
          {waiver.ended_by === null ? null : <> · {t("admin.rollout.waiver.ended_by", { name: waiver.ended_by })}</>}
        </Muted>
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
        {mayDecide && waiver.live ? (
          <Row>
            <Button look="quiet" busy={busy} onClick={() => void end()}>
              {t("admin.rollout.waiver.end")}
            </Button>
          </Row>
        ) : null}
      </Stack>
    </li>
  );
}

/** Signing a waiver: for which gate, why, until when, with her own password. */
export function SignSheet({ road, open, onClose }: { road: RolloutRoad; open: boolean; onClose: () => void }): JSX.Element | null {
  const rollout = useRollout();
  const gates = road.gates.filter((gate) => gate.rule_version > 0);
  const [values, setValues] = useState({ gate: gates.find((gate) => gate.state !== "met")?.id ?? "", reason: "", until: "", password: "" });
  const [wrong, setWrong] = useState(NOTHING_WRONG);
  const [busy, setBusy] = useState(false);
  const put = (name: (typeof NAMES)[number]) => (value: string) => {
    setValues((before) => ({ ...before, [name]: value }));
  };
  const sign = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    try {
      await rollout.sign(values);
      say(t("admin.rollout.waiver.signed"));
      setValues({ gate: "", reason: "", until: "", password: "" });
      setWrong(NOTHING_WRONG);
      onClose();
    } catch (error) {
      setWrong(toldBy(error, NAMES));
      requestAnimationFrame(() => {
        focusFirstWrong(form);
      });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet open={open} title={t("admin.rollout.waiver.sign")} onClose={onClose} firm>
      <form
        noValidate
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void sign(event.currentTarget);
        }}
      >
        <Stack>
          <p>{t("admin.rollout.waivers.lead")}</p>
          {wrong.whole === null ? null : (
            <Notice tone="danger" alert>
              {wrong.whole}
            </Notice>
          )}
          <Field label={t("admin.rollout.waiver.gate")} required error={wrong.fields["gate"] ?? null}>
            {(attributes) => <Select {...attributes} value={values.gate} onValue={put("gate")} options={gates.map((gate) => ({ value: gate.id, label: gateTitle(gate.id) }))} />}
          </Field>
          <Field label={t("admin.rollout.waiver.reason")} required error={wrong.fields["reason"] ?? null}>
            {(attributes) => <TextArea {...attributes} rows={3} value={values.reason} onValue={put("reason")} />}
          </Field>
          <Field label={t("admin.rollout.waiver.until")} hint={t("admin.rollout.waiver.until.hint", { days: MOST_WAIVER_DAYS })} required error={wrong.fields["until"] ?? null}>
            {(attributes) => <DateInput {...attributes} value={values.until} onValue={put("until")} />}
          </Field>
          <Field label={t("admin.rollout.waiver.password")} required error={wrong.fields["password"] ?? null}>
            {(attributes) => <PasswordInput {...attributes} autocomplete="current-password" value={values.password} onValue={put("password")} />}
          </Field>
          <Row>
            <Button type="submit" look="primary" busy={busy}>
              {t("admin.rollout.waiver.sign")}
            </Button>
          </Row>
        </Stack>
      </form>
    </Sheet>
  );
}
