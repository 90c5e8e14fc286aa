import type { ComponentType, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { ErrorState, Skeleton } from "~/ui/layout";
import type { Special, SpecialProps } from "../special";
import css from "./record.module.css";

type Part = ComponentType<SpecialProps>;
const loaded = new Map<() => Promise<Part>, Part>();

/** What belongs to a record and is no form, among its sections; it comes when it is first opened. */
export function SpecialPage({ special, ...about }: { special: Special } & SpecialProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const active = document.activeElement;
    if (!active || active === document.body || active.tagName === "A") heading.current?.focus({ preventScroll: true });
  }, [special.id]);
  return (
    <section class={css.section} aria-labelledby="section-title">
      <h2 id="section-title" ref={heading} tabIndex={-1}>
        {t(special.label)}
      </h2>
      <Lazy key={special.id} load={special.load} about={about} />
    </section>
  );
}

/** The same as a card on the summary. */
export function SpecialCard({ special, ...about }: { special: Special } & SpecialProps): JSX.Element | null {
  return special.card ? <Lazy load={special.card} about={about} /> : null;
}

function Lazy({ load, about }: { load: () => Promise<Part>; about: SpecialProps }): JSX.Element {
  const [, turn] = useState(0);
  const [failed, setFailed] = useState(false);
  const Found = loaded.get(load);
  useEffect(() => {
    if (loaded.has(load)) return undefined;
    let here = true;
    load().then(
      (part) => {
        loaded.set(load, part);
        if (here) turn((n) => n + 1);
      },
      () => {
        if (here) setFailed(true);
      },
    );
    return () => {
      here = false;
    };
  }, [load]);
  if (Found) return <Found {...about} />;
  if (failed) {
    return (
      <ErrorState
        title={t("shell.load_failed.title")}
        onRetry={() => {
          location.reload();
        }}
      >
        {t("shell.load_failed.text")}
      </ErrorState>
    );
  }
  return <Skeleton rows={3} blocks />;
}
