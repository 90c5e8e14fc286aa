import type { JSX } from "preact";
import { ageShown } from "~/engine";
import { formatDay, t } from "~/lib/i18n";
import { Icon } from "~/ui/icons";
import { Badge, Code, RiskBadge } from "~/ui/labels";
import { labelOf } from "~/renderer/sources";
import type { Data } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import type { ItemState, Kind } from "~/store/types";
import { RecordLink, casePath } from "./RecordLink";
import css from "./record.module.css";
import type { Setup } from "./setup";
import { codeOf, nameOf, said } from "~/renderer/kindWords";

/** Whose file this is: the name where it may be seen, else that it is hidden. */
export function RecordName({ data, kind }: { data: Data; kind: Kind }): JSX.Element {
  const name = nameOf(data, kind);
  if (name.masked)
    return (
      <span class={css.masked}>
        <Icon name="eyeOff" /> {t("casefile.name_hidden")}
      </span>
    );
  return name.text === "" ? <Code>{codeOf(data, kind)}</Code> : <span dir="auto">{name.text}</span>;
}

const STATES: Record<Exclude<ItemState, "confirmed">, { tone: "info" | "warn" | "danger"; icon: "clock" | "sync" | "alert" }> = {
  waiting: { tone: "info", icon: "clock" },
  sending: { tone: "info", icon: "sync" },
  refused: { tone: "danger", icon: "alert" },
};

/** What one needs to know before reading on: age, sex, risk, status, owner, and how far what was typed has come. */
export function Facts({ data, setup, state, ageRecordedOn = null, brief = false }: { data: Data; setup: Setup; state: ItemState | null; ageRecordedOn?: string | null; brief?: boolean }): JSX.Element {
  const { fields, kind, sources } = setup;
  const name = nameOf(data, kind);
  const from = textOf(data["incident_case_id"]);
  const label = (name: string, value: string): string => {
    const field = fields.get(name);
    return field ? labelOf(field, value, sources) : value;
  };
  const isPerson = kind === "cases";
  const age = isPerson ? ageShown(data, ageRecordedOn) : null;
  const sex = isPerson ? textOf(data["sex"]) : "";
  const risk = textOf(data["risk_level"]);
  const status = textOf(data["status"]) || "open";
  const owner = textOf(data["owned_by_full_name"]) || sources.users.find((user) => user.id === data["owned_by"])?.label || (data["owned_by"] === setup.me.userName ? setup.me.fullName : "") || textOf(data["owned_by"]);
  const flags = typeof data["flag_count"] === "number" ? data["flag_count"] : 0;
  const alerts = typeof data["alert_count"] === "number" ? data["alert_count"] : 0;
  const riskField = fields.get("risk_level");
  return (
    <ul role="list" class={css.facts}>
      {name.text !== "" || name.masked ? (
        <li>
          <span class="visually-hidden">{said(kind, "casefile.code")} </span>
          <Code>{codeOf(data, kind)}</Code>
        </li>
      ) : null}
      {kind === "incidents" && from !== "" ? (
        <li>
          <Icon name="cases" size={16} />
          <RecordLink to={casePath(from)}>
            {t("kinds.incidents.of_case")} <Code>{textOf(data["case_id_display"]) || from.slice(-7)}</Code>
          </RecordLink>
        </li>
      ) : null}
      {age ? <li>{t(age.key, { ...age.params, on: formatDay(ageRecordedOn) })}</li> : null}
      {sex && !brief ? <li>{label("sex", sex)}</li> : null}
      {risk && riskField ? (
        <li>
          <RiskBadge level={risk} text={labelOf(riskField, risk, sources)} />
        </li>
      ) : null}
      {brief && status === "open" ? null : <li>
        <Badge tone={status === "open" ? "ok" : "plain"}>
          <span class="visually-hidden">{t("casefile.status")} </span>
          {fields.has("status") ? label("status", status) : t(`casefile.status.${status === "closed" ? "closed" : status === "open" ? "open" : "other"}`, { status })}
        </Badge>
      </li>}
      {data["record_state"] === false || data["enabled"] === false ? (
        <li>
          <Badge tone="warn" icon="lock">
            {t("casefile.disabled")}
          </Badge>
        </li>
      ) : null}
      {flags > 0 ? (
        <li>
          {setup.may("flag") ? (
            <RecordLink to={`/${kind}/${encodeURIComponent(textOf(data["id"]))}/flags`}>
              <Badge tone="warn" icon="flag">
                {t("casefile.flags", { count: flags })}
              </Badge>
            </RecordLink>
          ) : (
            <Badge tone="warn" icon="flag">
              {t("casefile.flags", { count: flags })}
            </Badge>
          )}
        </li>
      ) : null}
      {alerts > 0 ? (
        <li>
          <Badge tone="warn" icon="alert">
            {t("alerts.count", { count: alerts })}
          </Badge>
        </li>
      ) : null}
      {owner && !brief ? (
        <li>
          <Icon name="user" size={16} />
          <span class="visually-hidden">{said(kind, "casefile.owner")} </span>
          <span dir="auto">{owner}</span>
        </li>
      ) : null}
      {state !== null && state !== "confirmed" ? (
        <li>
          <Badge tone={STATES[state].tone} icon={STATES[state].icon}>
            {t(`casefile.state.${state}`)}
          </Badge>
        </li>
      ) : null}
    </ul>
  );
}
