import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { textOf, textOfProblem } from "~/api";
import { formatMoment, hasMessage, t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { useResource, useSource } from "~/store";
import { useConfiguration, type ChoosableChange, type WholeSet } from "~/store/configuration";
import { Button, Card, Code, Facts, Notice, Page, Row, say, Stack } from "~/ui";
import { Back, Loaded } from "../parts";
import { Changes } from "./Changes";
import { chosenWith } from "./changes";
import { Act, forStewards, offer, ReasonForm, short } from "./parts";
import { StateOfSet } from "./SetsPage";

/** One set of changes: what is in it, what stands against it, and what happens to it next. */
function SetPage({ params }: { params: Params }): JSX.Element {
  const configuration = useConfiguration();
  return (
    <Loaded from={configuration.set(params["id"] ?? "")} maxAge={5}>
      {(set) => (
        <Page
          title={<bdi>{set.title}</bdi>}
          before={<Back to="/admin/changes" label={t("admin.changes.title")} />}
          actions={<StateOfSet state={set.state} />}
        >
          <Whole key={set.id} set={set} />
        </Page>
      )}
    </Loaded>
  );
}

function Whole({ set }: { set: WholeSet }): JSX.Element {
  const pair = useResource(useConfiguration().pair(), 60).value;
  return (
    <Stack>
      <Card>
        <Stack>
          <p>{t(`admin.changes.state.${set.state}.next`)}</p>
          <Facts
            items={[
              [t("admin.changes.number"), String(set.number)],
              ...(set.reason === "" ? [] : ([[t("admin.configuration.reason"), <bdi key="reason">{set.reason}</bdi>]] as const)),
              ...stepsOf(set),
              [t("admin.changes.from"), <Code key="from">{short(set.base_hash)}</Code>],
              ...(set.target_hash === null ? [] : ([[t("admin.changes.to"), <Code key="to">{short(set.target_hash)}</Code>]] as const)),
            ]}
          />
          {set.state === "rejected" && set.rejected_reason !== "" ? (
            <Notice tone="warn" title={t("admin.changes.rejected_because")}>
              <bdi>{set.rejected_reason}</bdi>
            </Notice>
          ) : null}
          {set.state === "promoted" ? (
            <Notice tone="ok" title={t("admin.changes.promoted")}>
              {t("admin.changes.promoted.text", { name: pair?.other?.name ?? t("admin.configuration.kind.production"), hash: short(set.target_hash ?? "") })}
            </Notice>
          ) : null}
        </Stack>
      </Card>
      <Choice set={set} />
    </Stack>
  );
}

/** Who brought it how far, as far as it came. */
function stepsOf(set: WholeSet): (readonly [string, string])[] {
  const steps: readonly (readonly [string, string | null, string | null])[] = [
    ["begun", set.created_by, set.created_at],
    ["proposed", set.proposed_by, set.proposed_at],
    ["approved", set.approved_by, set.approved_at],
    ["rejected", set.rejected_by, set.rejected_at],
    ["promoted_at", set.promoted_by, set.promoted_at],
  ];
  return steps.flatMap(([step, name, at]) => (name === null || at === null ? [] : [[t(`admin.changes.${step}`), t("admin.configuration.by", { at: formatMoment(at), name })] as const]));
}

function problemWords(code: string, params: Readonly<Record<string, unknown>>): string {
  return textOfProblem({ code, message: code, params: params as Record<string, string | number> });
}

/** Its changes, with ticks while it is a draft; the ticks are sent as they are made. */
function Choice({ set }: { set: WholeSet }): JSX.Element {
  const configuration = useConfiguration();
  const mayChange = set.actions.includes("change");
  const [laid, lay] = useState<ReadonlySet<string> | null>(null);
  const [also, setAlso] = useState<{ count: number; on: boolean } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const waiting = useRef<ReadonlySet<string> | null>(null);
  const stored = new Set(set.changes.filter((change) => change.chosen).map((change) => change.id));
  const chosen = laid ?? stored;
  const send = async (): Promise<void> => {
    if (saving) return;
    setSaving(true);
    setFailed(null);
    try {
      for (let next = waiting.current; next !== null; next = waiting.current) {
        waiting.current = null;
        await configuration.changeSet(set.id, { chosen: [...next] });
      }
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      waiting.current = null;
      lay(null);
      setSaving(false);
    }
  };
  const choose = (changes: readonly ChoosableChange[], on: boolean): void => {
    const next = chosenWith(set.changes, chosen, changes.map((change) => change.id), on);
    lay(next.chosen);
    setAlso(next.also.length === 0 ? null : { count: next.also.length, on });
    waiting.current = next.chosen;
    void send();
  };
  const whole = set.problems.filter((problem) => problem.change === null);
  return (
    <Stack>
      {whole.length === 0 ? null : (
        <Notice tone="danger" title={t("admin.changes.problems", { count: set.problems.length })}>
          <ul>
            {whole.map((problem, index) => (
              <li key={index}>{problemWords(problem.code, problem.params)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Next set={set} busy={saving} none={chosen.size === 0} />
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
      <Stack gap={3}>
        <Row between>
          <strong role="status">{t("admin.changes.chosen_now", { chosen: chosen.size, total: set.changes.length })}</strong>
          {mayChange ? (
            <Row>
              <Button onClick={() => { choose(set.changes, true); }}>{t("admin.changes.all")}</Button>
              <Button onClick={() => { choose(set.changes, false); }}>{t("admin.changes.nothing")}</Button>
            </Row>
          ) : null}
        </Row>
        <div role="status">{also === null ? null : <Notice>{t(also.on ? "admin.changes.with_it" : "admin.changes.without_it", { count: also.count })}</Notice>}</div>
        <Changes
          changes={mayChange ? set.changes : set.changes.filter((change) => change.chosen)}
          none={t("admin.changes.empty")}
          choosing={
            mayChange
              ? {
                  isChosen: (change) => chosen.has(change.id),
                  onChoose: choose,
                  problemOf: (change) => {
                    const found = set.problems.find((problem) => problem.change === change.id);
                    return found === undefined ? null : problemWords(found.code, found.params);
                  },
                }
              : undefined
          }
        />
      </Stack>
    </Stack>
  );
}

/** What the viewer may do with it now. */
function Next({ set, busy, none }: { set: WholeSet; busy: boolean; none: boolean }): JSX.Element | null {
  const configuration = useConfiguration();
  const me = useResource(useSource().me(), 300).value;
  const [rejecting, setRejecting] = useState(false);
  // One’s own is taken back, not refused.
  const reject = t(me !== null && [set.created_by, set.proposed_by].includes(me.user_name) ? "admin.changes.take_back" : "admin.changes.reject");
  const may = (act: string): boolean => set.actions.includes(act);
  const done = useRef<HTMLDivElement>(null);
  const [told, setTold] = useState("");
  useEffect(() => {
    if (told !== "") done.current?.focus();
  }, [told]);
  const act = (name: "propose" | "approve" | "promote") => async (): Promise<void> => {
    const next = await configuration.actOnSet(set.id, name);
    const words = `admin.changes.told.${next.state}`;
    if (hasMessage(words)) setTold(t(words));
    say(t(`admin.changes.state.${next.state}`), { icon: "check" });
  };
  const acts = ["propose", "approve", "promote"].some(may) || may("reject") || may("file");
  return (
    <>
      {told === "" ? null : (
        <div ref={done} tabIndex={-1}>
          <Notice tone={set.state === "stale" ? "warn" : "ok"}>{told}</Notice>
        </div>
      )}
      {acts ? (
        <Card label={t("admin.changes.next")}>
          <Stack gap={3}>
            {may("propose") ? <Act label={t("admin.changes.propose")} icon="check" look="primary" disabled={busy || none} onAct={act("propose")} /> : null}
            {may("approve") ? <Act label={t("admin.changes.approve")} icon="check" look="primary" onAct={act("approve")} /> : null}
            {may("promote") ? <Act label={t("admin.changes.promote")} icon="up" look="primary" wait={t("admin.changes.promote.wait")} onAct={act("promote")} /> : null}
            {may("promote") ? <p>{t("admin.changes.promote.about")}</p> : null}
            {may("file") ? (
              <Act
                label={t("admin.changes.file")}
                icon="download"
                onAct={async () => {
                  offer(await configuration.setFile(set.id), `change-set-${String(set.number)}.json`);
                }}
              />
            ) : null}
            {may("reject") && !rejecting ? (
              <Row>
                <Button look="quiet" onClick={() => { setRejecting(true); }}>
                  {reject}
                </Button>
              </Row>
            ) : null}
            {may("reject") && rejecting ? (
              <ReasonForm
                label={t("admin.changes.reject.reason")}
                go={reject}
                look="danger"
                onSend={async (reason) => {
                  await configuration.actOnSet(set.id, "reject", reason);
                  setRejecting(false);
                  setTold(t("admin.changes.told.rejected"));
                }}
              />
            ) : null}
          </Stack>
        </Card>
      ) : null}
    </>
  );
}

export default forStewards(SetPage);
