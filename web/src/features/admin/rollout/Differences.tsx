import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatMoment, formatNumber, t } from "~/lib/i18n";
import { usePlace } from "~/lib/router";
import { DIFFERENCES_PER_PAGE, useRollout, type Compared, type Difference, type Differences as Found, type Shown } from "~/store/rollout";
import { Badge, Button, Checkbox, Chip, ChipRow, EmptyState, Field, Muted, Notice, Pager, Row, say, Stack, TextArea } from "~/ui";
import { Loaded } from "../parts";
import css from "./rollout.module.css";

const SHOWN: readonly Shown[] = ["open", "accepted", "all"];

interface DifferencesProps {
  mayDecide: boolean;
  attest: (compared: Partial<Compared>) => ComponentChildren;
}

/** Where the demo is otherwise than was asked for, and accepting that with a reason. */
export function Differences({ mayDecide, attest }: DifferencesProps): JSX.Element {
  const rollout = useRollout();
  const [shown, setShown] = useState<Shown>("open");
  const page = Math.max(1, Number(usePlace().query.get("page")) || 1);
  return (
    <Loaded from={rollout.differences(shown, page)} maxAge={10}>
      {({ items, compared }) =>
        compared.requirements ? (
          <Stack gap={6}>
            <Stack>
              <h2>{t("admin.rollout.requirements.differences")}</h2>
              <p role="status">{t("admin.rollout.requirements.counts", { open: formatNumber(compared.open ?? 0), accepted: formatNumber(compared.accepted ?? 0) })}</p>
              {compared.idle ? <Muted>{t("admin.rollout.requirements.idle", { count: formatNumber(compared.idle) })}</Muted> : null}
              <ChipRow label={t("admin.rollout.requirements.show")}>
                {SHOWN.map((one) => (
                  <Chip
                    key={one}
                    pressed={one === shown}
                    onClick={() => {
                      setShown(one);
                    }}
                  >
                    {t(`admin.rollout.requirements.show.${one}`)}
                  </Chip>
                ))}
              </ChipRow>
              {items.length === 0 ? (
                (compared.open ?? 0) === 0 && shown === "open" ? <Notice tone="ok">{t("admin.rollout.requirements.differences.none")}</Notice> : <Muted>—</Muted>
              ) : (
                <Listed key={`${shown}-${String(page)}`} items={items} mayDecide={mayDecide} />
              )}
              <Pager page={page} pages={pagesOf(compared)} hrefOf={(one) => `/admin/rollout/requirements?page=${String(one)}`} />
            </Stack>
            {attest(compared)}
          </Stack>
        ) : (
          <EmptyState icon="file" title={t("admin.rollout.requirements.none")} />
        )
      }
    </Loaded>
  );
}

function pagesOf(compared: Found["compared"]): number {
  return Math.ceil((compared.total ?? 0) / DIFFERENCES_PER_PAGE);
}

function Listed({ items, mayDecide }: { items: readonly Difference[]; mayDecide: boolean }): JSX.Element {
  const rollout = useRollout();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const open = items.filter((one) => one.accepted === null);
  const picked = open.filter((one) => chosen.has(one.id));
  const choose = (ids: readonly string[], on: boolean): void => {
    setChosen((before) => new Set(on ? [...before, ...ids] : [...before].filter((id) => !ids.includes(id))));
  };
  const run = async (act: () => Promise<void>, done: string): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      await act();
      setChosen(new Set());
      setReason("");
      setTried(false);
      say(done);
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  const accept = (): void => {
    setTried(true);
    if (reason.trim() === "" || picked.length === 0) return;
    const ids = picked.map((one) => one.id);
    void run(() => rollout.accept(ids, reason.trim()), t("admin.rollout.requirements.accepted"));
  };
  return (
    <Stack>
      {mayDecide && open.length > 1 ? (
        <Checkbox
          checked={picked.length === open.length}
          onChecked={(on) => {
            choose(
              open.map((one) => one.id),
              on,
            );
          }}
          label={t("admin.rollout.requirements.choose_page")}
        />
      ) : null}
      <ul class={css.list} aria-label={t("admin.rollout.requirements.differences")}>
        {items.map((one) => (
          <li key={one.id} class={css.difference}>
            {mayDecide && one.accepted === null ? (
              <label class={css.tick}>
                <input
                  type="checkbox"
                  checked={chosen.has(one.id)}
                  onChange={(event) => {
                    choose([one.id], event.currentTarget.checked);
                  }}
                />
                <span class="visually-hidden">{one.sentence}</span>
              </label>
            ) : null}
            <div class={css.told}>
              <span>{one.sentence}</span>
              <Muted small>
                <bdi>{one.key.join(" › ")}</bdi>
                {" · "}
                {one.cell === null ? t(`admin.rollout.sheet.${one.sheet}`) : t("admin.rollout.requirements.place", { sheet: t(`admin.rollout.sheet.${one.sheet}`), cell: one.cell })}
              </Muted>
              {one.accepted === null ? null : (
                <Row>
                  <Badge icon="check" tone="info">
                    {t("admin.rollout.requirements.accepted_by", { name: one.accepted.by, when: formatMoment(one.accepted.at), reason: one.accepted.reason })}
                  </Badge>
                  {mayDecide ? <Withdraw id={one.accepted.id} busy={busy} run={run} /> : null}
                </Row>
              )}
            </div>
          </li>
        ))}
      </ul>
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
      {mayDecide && open.length > 0 ? (
        <Stack gap={3}>
          <Field label={t("admin.rollout.requirements.accept.reason")} required error={tried && reason.trim() === "" ? t("admin.rollout.reason_required") : null}>
            {(attributes) => <TextArea {...attributes} rows={2} value={reason} onValue={setReason} />}
          </Field>
          <Row>
            <Button busy={busy} disabled={picked.length === 0} onClick={accept}>
              {t("admin.rollout.requirements.accept", { count: formatNumber(picked.length) })}
            </Button>
          </Row>
        </Stack>
      ) : null}
    </Stack>
  );
}

function Withdraw({ id, busy, run }: { id: string; busy: boolean; run: (act: () => Promise<void>, done: string) => Promise<void> }): JSX.Element {
  const rollout = useRollout();
  return (
    <Button
      look="quiet"
      disabled={busy}
      onClick={() => void run(() => rollout.withdraw(id), t("admin.rollout.requirements.withdrawn"))}
    >
      {t("admin.rollout.requirements.withdraw")}
    </Button>
  );
}
