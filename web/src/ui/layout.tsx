import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/compat";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Button, Link } from "./Button";
import { Icon, type IconName } from "./icons";
import css from "./layout.module.css";

type Gap = 1 | 2 | 3 | 4 | 6 | 8;
interface Laid {
  gap?: Gap;
  children?: ComponentChildren;
  className?: string | undefined;
}

/** One under another. */
export function Stack({ gap = 4, children, className }: Laid): JSX.Element {
  return <div class={cx(css.stack, css[`g${String(gap)}`], className)}>{children}</div>;
}

/** Beside each other, wrapping. */
export function Row({ gap = 2, between, end, children, className }: Laid & { between?: boolean; end?: boolean }): JSX.Element {
  return <div class={cx(css.row, css[`g${String(gap)}`], between && css.between, end && css.end, className)}>{children}</div>;
}

/** Two controls that belong together, side by side also on a phone; one under the other where the letters are large. */
export function Pair({ children }: { children?: ComponentChildren }): JSX.Element {
  return <div class={css.pair}>{children}</div>;
}

/** Cards of equal width, as many beside each other as there is room for. */
export function Grid({ children }: { children?: ComponentChildren }): JSX.Element {
  return <div class={css.grid}>{children}</div>;
}

export function Card({ flush, children, className, label }: { flush?: boolean; children?: ComponentChildren; className?: string; label?: string }): JSX.Element {
  return label === undefined ? (
    <div class={cx(css.card, flush && css.flush, className)}>{children}</div>
  ) : (
    <section class={cx(css.card, flush && css.flush, className)} aria-label={label}>
      {children}
    </section>
  );
}

/** Quiet words. */
export function Muted({ small, children }: { small?: boolean; children?: ComponentChildren }): JSX.Element {
  return <span class={cx(css.muted, small && css.small)}>{children}</span>;
}

export interface PageProps {
  title: ComponentChildren;
  /** Beside the title: the page's own actions. */
  actions?: ComponentChildren;
  /** Above the title: the way back. */
  before?: ComponentChildren;
  narrow?: boolean;
  children?: ComponentChildren;
}

/** A screen: its one heading takes the focus when it opens, so that a screen reader says where one is. */
export function Page({ title, actions, before, narrow, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const active = document.activeElement;
    if (!active || active === document.body || active.tagName === "A" || active.tagName === "MAIN") heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div class={cx(css.page, narrow && css.narrow)}>
      {before}
      <div class={css.head}>
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {actions ? <Row>{actions}</Row> : null}
      </div>
      {children}
    </div>
  );
}

/** Rows that are links or plain; use `LinkRow` and `PlainRow` inside. */
export function List({ label, children }: { label?: string; children?: ComponentChildren }): JSX.Element {
  return (
    <ul role="list" class={css.list} aria-label={label}>
      {children}
    </ul>
  );
}

/** A row that leads somewhere: a real link. */
export function LinkRow({ href, state, icon, children }: { href: string; state?: Record<string, unknown>; icon?: IconName; children?: ComponentChildren }): JSX.Element {
  return (
    <li>
      <Link href={href} class={css.item} {...(state ? { state } : {})}>
        {icon ? <Icon name={icon} /> : null}
        <span class={css.grow}>{children}</span>
        <Icon name="chevron" />
      </Link>
    </li>
  );
}

export function PlainRow({ icon, end, children }: { icon?: IconName; end?: ComponentChildren; children?: ComponentChildren }): JSX.Element {
  return (
    <li class={cx(css.item, css.atTop)}>
      {icon ? <Icon name={icon} /> : null}
      <span class={css.grow}>{children}</span>
      {end}
    </li>
  );
}

/** Names and values: `[[label, value], …]`; empty values are left to the caller. */
export function Facts({ items }: { items: readonly (readonly [ComponentChildren, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class={css.facts}>
      {items.map(([name, value], index) => [<dt key={`n${String(index)}`}>{name}</dt>, <dd key={`v${String(index)}`}>{value}</dd>])}
    </dl>
  );
}

export type NoticeTone = "info" | "warn" | "danger" | "ok";
const NOTICE_ICONS: Record<NoticeTone, IconName> = { info: "info", warn: "alert", danger: "alert", ok: "check" };

/** What happened, what is safe, what to do. `alert` reads it out at once. */
export function Notice({ tone = "info", title, actions, alert, children }: { tone?: NoticeTone; title?: ComponentChildren; actions?: ComponentChildren; alert?: boolean; children?: ComponentChildren }): JSX.Element {
  return (
    <div class={cx(css.notice, css[tone])} role={alert ? "alert" : undefined}>
      <Icon name={NOTICE_ICONS[tone]} />
      <div>
        {title ? <strong>{title}</strong> : null}
        {children ? <div>{children}</div> : null}
        {actions ? <Row className={css.noticeActions}>{actions}</Row> : null}
      </div>
    </div>
  );
}

/** Nothing here (yet), and what to do next. */
export function EmptyState({ icon = "file", title, children, action }: { icon?: IconName; title: ComponentChildren; children?: ComponentChildren; action?: ComponentChildren }): JSX.Element {
  return (
    <div class={css.empty}>
      <Icon name={icon} size={40} />
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {action}
    </div>
  );
}

/** What could not be had, that nothing was lost, and a way on. */
export function ErrorState({ title, children, onRetry }: { title?: ComponentChildren; children?: ComponentChildren; onRetry?: () => void }): JSX.Element {
  return (
    <div class={css.empty} role="alert">
      <Icon name="cloudOff" size={40} />
      <h2>{title ?? t("ui.error.title")}</h2>
      {children ? <p>{children}</p> : null}
      {onRetry ? (
        <Button icon="sync" onClick={onRetry}>
          {t("ui.retry")}
        </Button>
      ) : null}
    </div>
  );
}

/** The shape of what is coming. */
export function Skeleton({ rows = 3, blocks }: { rows?: number; blocks?: boolean }): JSX.Element {
  return (
    <div class={cx(css.stack, css.g3)} role="status">
      <span class="visually-hidden">{t("ui.loading")}</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} class={cx(css.skeleton, blocks ? css.block : css.line)} aria-hidden="true" />
      ))}
    </div>
  );
}

/** Stays at the foot of the screen while a form is open. */
export function ActionBar({ children }: { children?: ComponentChildren }): JSX.Element {
  return <div class={css.bar}>{children}</div>;
}

export interface Problem {
  /** The control's id; the list jumps there. */
  id: string;
  label: string;
  message: string;
}

/** Everything that stands in the way, in one list that takes the focus; each entry jumps to its field. */
export function ProblemList({ problems, title, onJump, shown }: { problems: readonly Problem[]; title?: string; onJump?: (problem: Problem) => void; shown?: number }): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  const any = problems.length > 0;
  useEffect(() => {
    if (any) box.current?.focus();
  }, [any, shown]);
  if (!any) return null;
  const jump = (problem: Problem): void => {
    if (onJump) {
      onJump(problem);
      return;
    }
    focusControl(problem.id);
  };
  return (
    <div ref={box} class={css.problems} role="alert" tabIndex={-1}>
      <h2>
        <Icon name="alert" />
        {title ?? t("ui.problems", { count: problems.length })}
      </h2>
      <ul>
        {problems.map((problem) => (
          <li key={problem.id}>
            <button
              type="button"
              onClick={() => {
                jump(problem);
              }}
            >
              <strong>{problem.label}</strong>: {problem.message}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** After a press that could not go on: the focus goes to the first answer that is wrong. */
export function focusFirstWrong(form: Element | null): void {
  requestAnimationFrame(() => {
    form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
}

/** Puts the focus on a control by its id: itself if it can take it, else the first inside that can. */
export function focusControl(id: string): boolean {
  const found = document.getElementById(id);
  if (!found) return false;
  const inner = found.matches("input,select,textarea,button") ? found : found.querySelector<HTMLElement>("input:not([disabled]),select,textarea,button");
  const target = inner ?? found;
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
  return true;
}
