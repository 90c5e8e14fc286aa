import type { JSX } from "preact";
import { cx } from "~/lib/classes";
import { formatMoment, t } from "~/lib/i18n";
import type { Gate, GateCheck, RolloutRoad } from "~/store/rollout";
import { Badge, Icon, Link, Muted, Row, Stack } from "~/ui";
import css from "./rollout.module.css";
import { WaiverRow } from "./Waivers";
import { factOf, gateTitle, placeOf, sourceOf, STATES, todoOf } from "./words";

export function GateState({ gate }: { gate: Gate }): JSX.Element {
  const { icon, tone } = STATES[gate.state];
  return (
    <Badge icon={icon} tone={tone}>
      {t(`admin.rollout.state.${gate.state}`)}
    </Badge>
  );
}

/** A gate: how it stands, what it rests on, what is missing and whose turn it is, and who waived it. */
export function GateCard({ gate, road }: { gate: Gate; road: RolloutRoad }): JSX.Element {
  const missing = gate.checks.filter((check) => check.holds !== true);
  return (
    <details class={css.gate} open={gate.rule_version > 0 && gate.state !== "met"} id={gate.id}>
      <summary>
        <h4>{gateTitle(gate.id)}</h4>
        <GateState gate={gate} />
      </summary>
      <div class={css.inside}>
        <p>{t(`admin.rollout.gate.${gate.id}.about`)}</p>
        {gate.state === "not_built" ? <p>{t("admin.rollout.state.not_built.text")}</p> : null}
        <Muted small>
          {[
            t(`admin.rollout.strength.${gate.strength}`),
            t("admin.rollout.opens", { what: t(`admin.rollout.gate.${gate.id}.opens`) }),
            ...(gate.rule_version > 0 ? [t("admin.rollout.rule", { version: gate.rule_version })] : []),
            ...(gate.since === null ? [] : [t("admin.rollout.since", { when: formatMoment(gate.since) })]),
          ].join(" · ")}
        </Muted>
        {gate.checks.length > 0 ? <Evidence gate={gate} here={road.kind} /> : null}
        {missing.length > 0 ? <Missing missing={missing} here={road.kind} /> : null}
        {gate.waivers.length > 0 ? (
          <Stack gap={2}>
            <h5 class={css.part}>{t("admin.rollout.waivers")}</h5>
            <ul class={css.waivers}>
              {gate.waivers.map((waiver) => (
                <WaiverRow key={waiver.id} waiver={waiver} mayDecide={road.may_decide} />
              ))}
            </ul>
          </Stack>
        ) : null}
      </div>
    </details>
  );
}

function Evidence({ gate, here }: { gate: Gate; here: string }): JSX.Element {
  const sides = (["demo", "production"] as const).filter((side) => gate.checks.some((check) => check.side === side));
  return (
    <Stack gap={2}>
      <h5 class={css.part}>{t("admin.rollout.evidence")}</h5>
      <div class={css.sides}>
        {sides.map((side) => (
          <div key={side} class={css.side}>
            <Muted small>{t(`admin.rollout.side.${side}`)}</Muted>
            <ul class={css.checks} aria-label={t(`admin.rollout.side.${side}`)}>
              {gate.checks
                .filter((check) => check.side === side)
                .map((check) => (
                  <CheckRow key={check.code} check={check} here={here} />
                ))}
            </ul>
          </div>
        ))}
      </div>
    </Stack>
  );
}

function CheckRow({ check, here }: { check: GateCheck; here: string }): JSX.Element {
  const [look, icon, word] = check.holds === true ? (["holds", "check", "holds"] as const) : check.holds === false ? (["fails", "close", "holds_not"] as const) : (["unsure", "cloudOff", "holds_unknown"] as const);
  const source = sourceOf(check, here);
  return (
    <li class={cx(css.check, css[look])}>
      <Icon name={icon} label={t(`admin.rollout.${word}`)} />
      <span>
        {factOf(check)}
        {source === "" ? null : (
          <>
            {" "}
            <Muted small>
              <bdi>{source}</bdi>
            </Muted>
          </>
        )}
      </span>
    </li>
  );
}

function Missing({ missing, here }: { missing: readonly GateCheck[]; here: string }): JSX.Element {
  return (
    <Stack gap={2}>
      <h5 class={css.part}>{t("admin.rollout.missing")}</h5>
      <ul class={css.checks}>
        {missing.map((check) => {
          const place = placeOf(check, here);
          return (
            <li key={`${check.side}.${check.code}`} class={css.check}>
              <Icon name="chevron" />
              <span>
                {t(`admin.rollout.side.${check.side}`)}: {todoOf(check)}
                <Row>
                  <Muted small>{t("admin.rollout.who", { who: t(`admin.rollout.who.${check.who}`) })}</Muted>
                  {place === null ? null : (
                    <Link href={place} aria-label={`${t("admin.rollout.go_there")}: ${todoOf(check)}`}>
                      {t("admin.rollout.go_there")}
                    </Link>
                  )}
                </Row>
              </span>
            </li>
          );
        })}
      </ul>
    </Stack>
  );
}
