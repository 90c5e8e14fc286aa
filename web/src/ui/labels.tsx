import type { ComponentChildren, JSX } from "preact";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Icon, type IconName } from "./icons";
import css from "./labels.module.css";

export type Tone = "plain" | "accent" | "danger" | "warn" | "ok" | "info";

/** A word about a thing. Colour never says it alone. */
export function Badge({ tone = "plain", icon, children }: { tone?: Tone; icon?: IconName; children: ComponentChildren }): JSX.Element {
  return (
    <span class={cx(css.badge, tone !== "plain" && css[tone])}>
      {icon ? <Icon name={icon} size={16} /> : null}
      <span>{children}</span>
    </span>
  );
}

export type Risk = "high" | "medium" | "low";

const RISKS: Record<Risk, { tone: Tone; icon: IconName }> = {
  high: { tone: "danger", icon: "riskHigh" },
  medium: { tone: "warn", icon: "riskMedium" },
  low: { tone: "ok", icon: "riskLow" },
};

/** Shape, word and colour together; `text` is the configured word, where the configuration has one. */
export function RiskBadge({ level, text }: { level: string | null | undefined; text?: string }): JSX.Element | null {
  if (!level) return null;
  const known = RISKS[level as Risk] as (typeof RISKS)[Risk] | undefined;
  return (
    <Badge tone={known?.tone ?? "plain"} {...(known ? { icon: known.icon } : {})}>
      <span class="visually-hidden">{t("ui.risk")} </span>
      {text ?? (known ? t(`ui.risk.${level}`) : level)}
    </Badge>
  );
}

export interface ChipProps {
  pressed?: boolean;
  icon?: IconName;
  disabled?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}

/** A switch in a row of switches, such as one filter. */
export function Chip({ pressed, icon, disabled, onClick, children }: ChipProps): JSX.Element {
  return (
    <button type="button" class={css.chip} aria-pressed={pressed ? "true" : "false"} disabled={disabled} onClick={onClick}>
      {icon ? <Icon name={icon} size={18} /> : null}
      {children}
    </button>
  );
}

/** Something chosen that can be taken away again. */
export function RemovableChip({ label, onRemove }: { label: string; onRemove: () => void }): JSX.Element {
  return (
    <span class={css.remove}>
      <span>{label}</span>
      <button type="button" aria-label={t("ui.remove", { what: label })} onClick={onRemove}>
        <Icon name="close" size={18} />
      </button>
    </span>
  );
}

/** Ids and codes: always left to right, whatever stands around them. */
export function Code({ children }: { children: ComponentChildren }): JSX.Element {
  return <bdi dir="ltr">{children}</bdi>;
}

const STATES: Record<string, { tone: Tone; icon: IconName }> = {
  waiting: { tone: "info", icon: "clock" },
  sending: { tone: "info", icon: "sync" },
  confirmed: { tone: "ok", icon: "check" },
  refused: { tone: "danger", icon: "alert" },
};

/** How far a change has come: on this device, on its way, confirmed, refused. */
export function StateBadge({ state }: { state: string | null }): JSX.Element | null {
  const known = state === null ? undefined : STATES[state];
  if (!known || state === null) return null;
  return (
    <Badge tone={known.tone} icon={known.icon}>
      {t(`state.${state}`)}
    </Badge>
  );
}
