import type { JSX } from "preact";
import type { Shape } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { Button } from "~/ui/Button";
import { EmptyState, ErrorState, Skeleton } from "~/ui/layout";
import { isAway } from "~/store";
import type { Paged } from "../record/data";
import css from "./history.module.css";

const KNOWN = new Set(["show", "update", "create", "export", "search", "print", "found_by_stranger"]);

/** Who has looked into this child's file, when, and what for. */
export function Seen({ paged }: { paged: Paged<Shape<"AccessEntry">> }): JSX.Element {
  if (paged.items.length === 0) {
    if (paged.loading) return <Skeleton rows={4} />;
    if (paged.error) return <ErrorState>{t(isAway(paged.error) ? "kept.not_kept" : "casefile.history.unreachable")}</ErrorState>;
    return <EmptyState icon="eye" title={t("casefile.seen.none")} />;
  }
  return (
    <>
      <p class={css.quiet}>{t("casefile.seen.explain")}</p>
      <table class={css.seen}>
        <thead>
          <tr>
            <th scope="col">{t("casefile.seen.who")}</th>
            <th scope="col">{t("casefile.seen.what")}</th>
            <th scope="col">{t("casefile.seen.when")}</th>
          </tr>
        </thead>
        <tbody>
          {paged.items.map((item) => (
              <tr key={item.id}>
                <th scope="row">
                  <span dir="auto">{item.full_name || item.user_name}</span>
                  <span class={css.quiet} dir="auto">
                    {item.role_name}
                  </span>
                </th>
                <td data-label={t("casefile.seen.what")}>{KNOWN.has(item.action) ? t(`casefile.seen.${item.action}`) : item.action}</td>
                <td data-label={t("casefile.seen.when")}>
                  <time dateTime={item.timestamp}>{formatMoment(item.timestamp)}</time>
                </td>
              </tr>
          ))}
        </tbody>
      </table>
      {paged.more ? (
        <Button onClick={paged.more} busy={paged.loading} icon="down">
          {t("casefile.history.more", { count: paged.total - paged.items.length })}
        </Button>
      ) : null}
    </>
  );
}
