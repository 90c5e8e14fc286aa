import type { ComponentChildren, JSX, Ref } from "preact";
import { useEffect } from "preact/compat";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Link } from "./Button";
import { TextInput } from "./form";
import { Icon, type IconName } from "./icons";
import css from "./Frame.module.css";

export interface NavItem {
  id: string;
  label: string;
  icon: IconName;
  href: string;
  /** How many wait there, and what is read out for it. */
  badge?: { count: string; words: string } | null;
  /** Only where there is room: a phone has five entries at most. */
  wide?: boolean;
}

/** The sign of the house: two hands that hold a small one. */
export function Mark({ size = 32 }: { size?: number }): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <path d="M16 2 4 6.500v9C4 23 9 28 16 30c7-2 12-7 12-14.500v-9z" fill="var(--accent)" />
      <circle cx="16" cy="11.500" r="3.200" fill="var(--on-accent)" />
      <path d="M8.500 15c1.500 5.500 4 8.500 7.500 9.500 3.500-1 6-4 7.500-9.500" fill="none" stroke="var(--on-accent)" stroke-width="2.200" stroke-linecap="round" />
      <path d="M12.500 19c.5-2 1.700-3 3.500-3s3 1 3.500 3" fill="none" stroke="var(--on-accent)" stroke-width="2.200" stroke-linecap="round" />
    </svg>
  );
}

/** The amber frame that says all along that nothing here is real. */
export function DemoFrame(): JSX.Element {
  useEffect(() => {
    const plain = document.title;
    document.title = `${t("shell.demo")} · ${plain}`;
    return () => {
      document.title = plain;
    };
  }, []);
  return (
    <>
      <div class={css.demo} />
      <aside class={css.demoWord} aria-label={t("shell.demo.label")}>
        {t("shell.demo")}
      </aside>
    </>
  );
}

export interface FrameProps {
  nav: readonly NavItem[];
  current: string | null;
  top: ComponentChildren;
  children: ComponentChildren;
}

/** The shell around every screen: a rail on a desk, a bar at the bottom of a phone. */
export function Frame({ nav, current, top, children }: FrameProps): JSX.Element {
  return (
    <div class={css.frame}>
      <a
        class={css.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {t("shell.skip")}
      </a>
      <header class={css.top}>
        <Link href="/" class={css.brand} aria-label={t("shell.home.link")}>
          <Mark size={30} />
          <span class={css.brandWord}>CPIMS</span>
        </Link>
        {top}
      </header>
      <nav class={css.nav} aria-label={t("shell.nav")}>
        {nav.map((item) => (
          <Link key={item.id} href={item.href} aria-current={item.id === current ? "page" : undefined} class={item.wide ? css.roomy : undefined}>
            <span class={css.sign}>
              <Icon name={item.icon} size={22} />
              {item.badge ? (
                <span class={css.badge} aria-hidden="true">
                  {item.badge.count}
                </span>
              ) : null}
            </span>
            <span>
              {item.label}
              {item.badge ? <span class="visually-hidden"> {item.badge.words}</span> : null}
            </span>
          </Link>
        ))}
      </nav>
      <main id="main" class={css.main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** Pushes what follows to the end of the top bar; on a desk it may hold the search. */
export function TopMiddle({ children }: { children?: ComponentChildren }): JSX.Element {
  return (
    <>
      <div class={css.wideOnly}>{children}</div>
      <div class={cx(css.grow, css.narrowOnly)} />
    </>
  );
}

export function NarrowOnly({ children }: { children?: ComponentChildren }): JSX.Element {
  return <span class={css.narrowOnly}>{children}</span>;
}

export interface SearchBoxProps {
  value: string;
  onValue: (value: string) => void;
  onSubmit: () => void;
  label: string;
  placeholder?: string;
  /** As wide as there is room. */
  full?: boolean;
  inputRef?: Ref<HTMLInputElement>;
}

export function SearchBox({ value, onValue, onSubmit, label, placeholder, full, inputRef }: SearchBoxProps): JSX.Element {
  return (
    <form
      role="search"
      class={cx(css.search, full && css.searchField)}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Icon name="search" />
      <TextInput
        type="search"
        enterkeyhint="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        onValue={onValue}
        {...(inputRef ? { ref: inputRef } : {})}
      />
    </form>
  );
}

export interface StateChipProps {
  href: string;
  icon: IconName;
  tone?: "plain" | "warn" | "danger";
  turning?: boolean;
  /** Shown on a phone too. */
  count?: string | null;
  children: ComponentChildren;
}

/** A quiet word in the top bar; on a phone only its drawing and number are seen. */
export function StateChip({ href, icon, tone = "plain", turning, count, children }: StateChipProps): JSX.Element {
  return (
    <Link href={href} class={cx(css.chipLink, tone === "warn" && css.chipWarn, tone === "danger" && css.chipDanger, turning && css.turning)}>
      <Icon name={icon} size={18} />
      {count ? <span aria-hidden="true" class={css.narrowOnly}>{count}</span> : null}
      <span class={css.chipWord}>{children}</span>
    </Link>
  );
}

/** Covers everything at one press, and goes at another. */
export function PrivacyCover({ onLift }: { onLift: () => void }): JSX.Element {
  return (
    <button type="button" class={css.cover} onClick={onLift} autofocus>
      <Icon name="eyeOff" size={40} />
      <span>{t("shell.privacy.lift")}</span>
    </button>
  );
}

/** A screen outside the shell: signing in, a forgotten password. */
export function Alone({ children }: { children?: ComponentChildren }): JSX.Element {
  return (
    <main id="main" class={css.alone}>
      <div class={css.mark}>
        <Mark size={48} />
        <div>
          <strong>CPIMS</strong>
          <span>{t("shell.tagline")}</span>
        </div>
      </div>
      {children}
    </main>
  );
}
