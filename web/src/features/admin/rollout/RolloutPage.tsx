import type { ComponentType, JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatAgo, t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import { useRollout, type RolloutRoad } from "~/store/rollout";
import { Button, LinkButton, Muted, Notice, Page, Row, say, Skeleton, Stack } from "~/ui";
import { Back, Loaded, NotYours } from "../parts";
import { GateCard } from "./GateCard";
import css from "./rollout.module.css";
import { SignSheet } from "./Waivers";
import { gateTitle } from "./words";

/** For who looks after the system or its configuration; the server refuses the others anyway. */
export function forLookers(Screen: ComponentType<{ params: Params }>): ComponentType<{ params: Params }> {
  return function Guarded({ params }) {
    const me = useResource(useSource().me(), 300).value;
    if (mayDo(me, "primero_configurations", "manage") || mayDo(me, "systems", "manage")) return <Screen params={params} />;
    return <Page title={t("admin.rollout.title")}>{me === null ? <Skeleton rows={4} blocks /> : <NotYours />}</Page>;
  };
}

/** Where the rollout is: phases, steps, and every gate with what it rests on. */
function RolloutPage(): JSX.Element {
  const rollout = useRollout();
  return (
    <Page
      title={t("admin.rollout.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        <LinkButton icon="file" href="/admin/rollout/requirements">
          {t("admin.rollout.to_requirements")}
        </LinkButton>
      }
    >
      <Loaded from={rollout.standing()} maxAge={10}>
        {(road) => <Road road={road} />}
      </Loaded>
    </Page>
  );
}

function Road({ road }: { road: RolloutRoad }): JSX.Element {
  const [signing, setSigning] = useState(false);
  return (
    <Stack gap={6}>
      <Stack>
        <p>{t("admin.rollout.lead")}</p>
        <Muted>
          {t("admin.rollout.here", { name: [road.name, t(`admin.rollout.kind.${road.kind}`)].filter((one) => one !== "").join(" · ") })}{" "}
          {road.paired && road.other_at !== null ? t("admin.rollout.other_at", { when: formatAgo(road.other_at) }) : null}
        </Muted>
        {road.paired ? null : <Notice>{t("admin.rollout.unpaired")}</Notice>}
        {road.may_decide ? (
          <Row>
            <Look road={road} />
            <Button
              icon="edit"
              onClick={() => {
                setSigning(true);
              }}
            >
              {t("admin.rollout.waiver.sign")}
            </Button>
          </Row>
        ) : null}
      </Stack>
      {road.phases.map((phase) => (
        <Stack key={phase.id}>
          <h2>{t(`admin.rollout.phase.${phase.id}`)}</h2>
          <ol class={css.steps}>
            {phase.steps.map((step) => (
              <li key={step.id} class={css.step}>
                <h3>{t(`admin.rollout.step.${step.id}.title`)}</h3>
                {step.opened_by === null ? null : <Muted small>{t("admin.rollout.opened_by", { gate: gateTitle(step.opened_by) })}</Muted>}
                <span>{t(`admin.rollout.step.${step.id}.about`)}</span>
                {step.has_outcome ? <strong>{t("admin.rollout.outcome", { text: t(`admin.rollout.step.${step.id}.outcome`) })}</strong> : null}
                {road.gates
                  .filter((gate) => gate.stands_at === step.id)
                  .map((gate) => (
                    <GateCard key={gate.id} gate={gate} road={road} />
                  ))}
              </li>
            ))}
          </ol>
        </Stack>
      ))}
      <SignSheet
        road={road}
        open={signing}
        onClose={() => {
          setSigning(false);
        }}
      />
    </Stack>
  );
}

/** Asks the other instance, and looks at every gate anew. */
function Look({ road }: { road: RolloutRoad }): JSX.Element {
  const rollout = useRollout();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const look = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      const seen = await rollout.look();
      say(t("admin.rollout.checked"));
      if (seen.paired && seen.other_at === road.other_at) setFailed(t("admin.rollout.other_silent"));
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button icon="sync" busy={busy} onClick={() => void look()}>
        {t("admin.rollout.check_now")}
      </Button>
      {failed === null ? null : (
        <Notice tone="warn" alert>
          {failed}
        </Notice>
      )}
    </>
  );
}

export default forLookers(RolloutPage);
