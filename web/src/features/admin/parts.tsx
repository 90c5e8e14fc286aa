import type { ComponentChildren, ComponentType, JSX } from "preact";
import { textOf } from "~/api";
import { t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { mayDo, useResource, useSource, type Resource } from "~/store";
import { Badge, EmptyState, ErrorState, Icon, Link, Notice, Page, Skeleton } from "~/ui";
import css from "./admin.module.css";

/** The way back to what a page is a part of. */
export function Back({ to, label }: { to: string; label: string }): JSX.Element {
  return (
    <Link href={to} class={css.back}>
      <Icon name="back" size={18} />
      {label}
    </Link>
  );
}

/** What was asked of the server: on its way, refused, or here. */
export function Loaded<T>({ from, maxAge = 30, children }: { from: Resource<T>; maxAge?: number; children: (value: T) => ComponentChildren }): JSX.Element {
  const { value, error } = useResource(from, maxAge);
  if (value === null) return error ? <ErrorState onRetry={() => void from.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={4} blocks />;
  return (
    <>
      {error ? (
        <Notice tone="warn" alert>
          {textOf(error)}
        </Notice>
      ) : null}
      {children(value)}
    </>
  );
}

/** Whether an account, a role, a group or an agency is in use. */
export function InUse({ disabled }: { disabled: boolean }): JSX.Element {
  return disabled ? (
    <Badge icon="lock" tone="warn">
      {t("admin.off")}
    </Badge>
  ) : (
    <Badge icon="check" tone="ok">
      {t("admin.on")}
    </Badge>
  );
}

/** A screen for those alone who may read all of these things; the server refuses the others anyway. */
export function forReaders(resources: readonly string[], Screen: ComponentType<{ params: Params }>): ComponentType<{ params: Params }> {
  return function Guarded({ params }) {
    const me = useResource(useSource().me(), 300).value;
    if (me !== null && resources.every((resource) => mayDo(me, resource, "read"))) return <Screen params={params} />;
    return <Page title={t("admin.title")}>{me === null ? <Skeleton rows={4} blocks /> : <NotYours />}</Page>;
  };
}

export function NotYours(): JSX.Element {
  return (
    <EmptyState icon="lock" title={t("admin.none.title")}>
      {t("admin.none.text")}
    </EmptyState>
  );
}
