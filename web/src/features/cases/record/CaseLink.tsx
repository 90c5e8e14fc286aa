import type { ComponentChildren, JSX } from "preact";
import { navigate } from "~/lib/router";
import { Link, LinkButton, type LinkButtonProps } from "~/ui/Button";

export type Part = "summary" | "history" | "seen" | (string & {});

/** The address of a part of a case: its summary, a section, a section being filled in, its history. */
export function casePath(id: string, part: Part = "summary", mode: "view" | "edit" = "view"): string {
  const base = `/cases/${encodeURIComponent(id)}`;
  if (part === "summary") return base;
  return mode === "edit" ? `${base}/${encodeURIComponent(part)}/edit` : `${base}/${encodeURIComponent(part)}`;
}

/** Inside one case nothing is left behind, so nothing is asked: what is typed goes along. */
export function goInCase(path: string, replace = false): void {
  navigate(path, { force: true, replace });
}

function within(path: string) {
  return (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goInCase(path);
  };
}

export function CaseLink({ to, children, ...rest }: { to: string; children?: ComponentChildren } & Omit<JSX.IntrinsicElements["a"], "href" | "onClick">): JSX.Element {
  return (
    <Link {...rest} href={to} onClick={within(to)}>
      {children}
    </Link>
  );
}

export function CaseLinkButton({ to, ...rest }: { to: string } & Omit<LinkButtonProps, "href" | "onClick">): JSX.Element {
  return <LinkButton {...rest} href={to} onClick={within(to)} />;
}

