import type { ComponentChildren, JSX } from "preact";
import { Link } from "./Button";
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
