import type { ComponentChildren, JSX } from "preact";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Link } from "./Button";
import { Icon } from "./icons";
import css from "./Tabs.module.css";

export interface TabLink {
  id: string;
  label: ComponentChildren;
  href: string;
}

/** Parts of one thing, each with its own address. */
export function TabLinks({ tabs, current, label }: { tabs: readonly TabLink[]; current: string; label: string }): JSX.Element {
  return (
    <nav class={css.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.id} href={tab.href} class={css.tab} aria-current={tab.id === current ? "page" : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}

export interface TabsProps {
  tabs: readonly { id: string; label: ComponentChildren }[];
  current: string;
  onSelect: (id: string) => void;
  label: string;
  /** The id of the element that the tabs change. */
  controls: string;
}

/** Parts of one thing without an address of their own: arrow keys move, as in any tab list. */
export function Tabs({ tabs, current, onSelect, label, controls }: TabsProps): JSX.Element {
  const keys = (event: KeyboardEvent): void => {
    const rtl = document.documentElement.dir === "rtl";
    const step = event.key === "ArrowRight" ? (rtl ? -1 : 1) : event.key === "ArrowLeft" ? (rtl ? 1 : -1) : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.id)}"]`)?.focus();
  };
  return (
    <div class={css.tabs} role="tablist" aria-label={label} onKeyDown={keys}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          class={css.tab}
          data-tab={tab.id}
          aria-selected={tab.id === current ? "true" : "false"}
          aria-controls={controls}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => {
            onSelect(tab.id);
          }}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}

/** Where something stands on its way: done, now, still to come. */
export function Stepper({ steps, label }: { steps: readonly { id: string; label: ComponentChildren; state: "done" | "current" | "todo" }[]; label: string }): JSX.Element {
  return (
    <ol role="list" class={css.steps} aria-label={label}>
      {steps.map((step) => (
        <li key={step.id} class={cx(css.step, step.state === "done" && css.done)} aria-current={step.state === "current" ? "step" : undefined}>
          <span class={css.dot} aria-hidden="true">
            {step.state === "done" ? <Icon name="check" size={14} /> : null}
          </span>
          <span>{step.label}</span>
          {step.state === "done" ? <span class="visually-hidden"> {t("ui.step.done")}</span> : null}
        </li>
      ))}
    </ol>
  );
}
