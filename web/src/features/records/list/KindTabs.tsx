import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { useWide } from "~/lib/media";
import { said } from "~/renderer/kindWords";
import { kindsOf, type Kind } from "~/store";
import { TabLinks } from "~/ui";
import type { Rights } from "~/store/permissions";

/** On a phone the kinds of records share one entry of the bar: here one goes from list to list. */
export function KindTabs({ me, current }: { me: Rights | null; current: Kind }): JSX.Element | null {
  const kinds = kindsOf(me);
  const wide = useWide();
  if (wide || kinds.length < 2) return null;
  return <TabLinks label={t("kinds.choose")} current={current} tabs={kinds.map((kind) => ({ id: kind, label: said(kind, "cases.title"), href: `/${kind}` }))} />;
}
