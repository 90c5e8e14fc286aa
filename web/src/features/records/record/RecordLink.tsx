import type { ComponentChildren, JSX } from "preact";
import { navigate } from "~/lib/router";
import type { Kind } from "~/store/types";
import { Link, LinkButton, type LinkButtonProps } from "~/ui/Button";

export type Part = "summary" | "history" | "seen" | (string & {});

/** Which record. */
export interface At {
  readonly kind: Kind;
  readonly id: string;
}

/** The address of a part of a record: its summary, a section, a section being filled in, its history. */
export function recordPath({ kind, id }: At, part: Part = "summary", mode: "view" | "edit" = "view"): string {
  const base = `/${kind}/${encodeURIComponent(id)}`;
  if (part === "summary") return base;
  return mode === "edit" ? `${base}/${encodeURIComponent(part)}/edit` : `${base}/${encodeURIComponent(part)}`;
}

export function casePath(id: string, part: Part = "summary", mode: "view" | "edit" = "view"): string {
  return recordPath({ kind: "cases", id }, part, mode);
}

/** Inside one record nothing is left behind, so nothing is asked: what is typed goes along. */
export function goInRecord(path: string, replace = false): void {
  navigate(path, { force: true, replace });
}

function within(path: string) {
  return (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goInRecord(path);
  };
}

export function RecordLink({ to, children, ...rest }: { to: string; children?: ComponentChildren } & Omit<JSX.IntrinsicElements["a"], "href" | "onClick">): JSX.Element {
  return (
    <Link {...rest} href={to} onClick={within(to)}>
      {children}
    </Link>
  );
}

export function RecordLinkButton({ to, ...rest }: { to: string } & Omit<LinkButtonProps, "href" | "onClick">): JSX.Element {
  return <LinkButton {...rest} href={to} onClick={within(to)} />;
}

