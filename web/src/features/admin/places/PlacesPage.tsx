import type { JSX } from "preact";
import { useState } from "preact/compat";
import { getLocale, localized, t } from "~/lib/i18n";
import { navigate, usePlace } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import { PLACES_PER_PAGE, type Place } from "~/store/tables";
import { Code, EmptyState, Icon, Link, LinkButton, Muted, Page, Pager, Records, Row, SearchBox, Stack } from "~/ui";
import { forDoers } from "../lookups/guard";
import { Back, InUse, Loaded } from "../parts";
import { useTables } from "../tables";
import css from "./places.module.css";

/** The tree of places, opened level by level. Where she stands is in the address; what she looks for in the page's memory. */
function PlacesPage(): JSX.Element {
  const source = useSource();
  const tables = useTables();
  const me = useResource(source.me(), 300).value;
  const { query, state } = usePlace();
  const parent = query.get("below") ?? "";
  const looked = typeof state["place"] === "string" ? state["place"] : "";
  const [text, setText] = useState(looked);
  const page = Math.max(1, Number(query.get("page")) || 1);
  const here = (change: { below?: string; page?: number } = {}): string => addressOf(change.below ?? parent, change.page ?? 1);
  return (
    <Page
      title={t("admin.places.title")}
      before={<Back to="/admin" label={t("admin.title")} />}
      actions={
        <>
          {mayDo(me, "metadata", "manage") ? <LinkButton href="/imports">{t("admin.places.import")}</LinkButton> : null}
          <LinkButton look="primary" icon="plus" href={`/admin/places/new${parent === "" ? "" : `?below=${encodeURIComponent(parent)}`}`}>
            {t(parent === "" ? "admin.places.new_country" : "admin.places.new")}
          </LinkButton>
        </>
      }
    >
      <SearchBox
        full
        label={t(parent === "" ? "admin.places.search" : "admin.places.search_below")}
        value={text}
        onValue={setText}
        onSubmit={() => {
          navigate(here(), { replace: true, keepScroll: true, state: { place: text.trim() } });
        }}
      />
      <Loaded from={tables.places({ parent, text: looked, locale: getLocale(), page })} maxAge={5}>
        {({ items, total, path }) => (
          <Stack gap={3}>
            <nav class={css.path} aria-label={t("admin.places.path")}>
              <Link href={addressOf("", 1)}>{t("admin.places.top")}</Link>
              {path.map((one, place) => (
                <span key={one.code} class={css.step}>
                  <Icon name="chevron" size={16} />
                  {place === path.length - 1 ? (
                    <Link href={`/admin/places/${String(one.id)}`} aria-current="location">
                      <bdi>{nameOf(one)}</bdi>
                    </Link>
                  ) : (
                    <Link href={addressOf(one.code, 1)}>
                      <bdi>{nameOf(one)}</bdi>
                    </Link>
                  )}
                </span>
              ))}
            </nav>
            <Row between>
              <span role="status">
                <Muted>{t("admin.places.count", { count: total })}</Muted>
              </span>
              {path.length > 0 ? (
                <LinkButton look="quiet" icon="edit" href={`/admin/places/${String(path[path.length - 1]?.id ?? 0)}`}>
                  {t("admin.places.change_this")}
                </LinkButton>
              ) : null}
            </Row>
            {items.length === 0 ? (
              <EmptyState icon="mapPin" title={t(looked === "" ? "admin.places.none_below" : "admin.places.none")} />
            ) : (
              <Records
                label={t("admin.places.title")}
                rows={items}
                keyOf={(one) => one.code}
                hrefOf={(one) => (one.below > 0 ? addressOf(one.code, 1) : `/admin/places/${String(one.id)}`)}
                title={(one) => <bdi>{nameOf(one)}</bdi>}
                titleLabel={t("admin.name")}
                marks={(one) => <InUse disabled={one.disabled} />}
                marksLabel={t("admin.state")}
                columns={[
                  { id: "code", label: t("admin.places.code"), cell: (one) => <Code>{one.code}</Code> },
                  { id: "type", label: t("admin.places.type"), cell: (one) => one.type ?? "" },
                  ...(looked === "" ? [] : [{ id: "where", label: t("admin.places.where"), wraps: true, cell: (one: Place) => <bdi>{localized(one.name).split("::").slice(0, -1).join(" › ")}</bdi> }]),
                  { id: "below", label: t("admin.places.below"), cell: (one) => t("admin.places.below_count", { count: one.below }) },
                ]}
              />
            )}
            <Pager page={page} pages={Math.ceil(total / PLACES_PER_PAGE)} state={{ place: looked }} hrefOf={(one) => here({ page: one })} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function addressOf(parent: string, page: number): string {
  const query = new URLSearchParams();
  if (parent !== "") query.set("below", parent);
  if (page > 1) query.set("page", String(page));
  const written = query.toString();
  return `/admin/places${written === "" ? "" : `?${written}`}`;
}

function nameOf(place: { placename?: Record<string, string> | null | undefined; code: string }): string {
  return localized(place.placename) || place.code;
}

export default forDoers("metadata", ["manage"], PlacesPage);
