import type { JSX } from "preact";
import type { Shape } from "~/api";
import { LOCALE_NAMES, LOCALES, localized, t } from "~/lib/i18n";
import { navigate, usePlace, type Params } from "~/lib/router";
import { Card, Code, Facts, LinkButton, Page, Row, say, Stack } from "~/ui";
import { AdminForm, type Answers, type Ask } from "../AdminForm";
import { forDoers } from "../lookups/guard";
import { Back, Loaded } from "../parts";
import { useTables } from "../tables";

/** One place: its names, its kind, whether it is in use. Where it stands and its code are for ever. */
function PlacePage({ params }: { params: Params }): JSX.Element {
  const tables = useTables();
  const { query } = usePlace();
  const id = params["id"] ?? "";
  const isNew = id === "new";
  const below = query.get("below") ?? "";
  return (
    <Page
      title={t(isNew ? (below === "" ? "admin.places.new_country" : "admin.places.new") : "admin.places.one")}
      narrow
      before={<Back to={below === "" ? "/admin/places" : `/admin/places?below=${encodeURIComponent(below)}`} label={t("admin.places.title")} />}
    >
      {isNew ? <PlaceForm place={null} below={below} /> : <Loaded from={tables.place(id)} maxAge={5}>{(place) => <PlaceForm key={place.id} place={place} below="" />}</Loaded>}
    </Page>
  );
}

function PlaceForm({ place, below }: { place: Shape<"Location"> | null; below: string }): JSX.Element {
  const tables = useTables();
  const asks: Ask[] = [
    ...(place === null ? [{ name: "code", kind: "text", label: t("admin.places.code"), hint: t("admin.places.code.hint"), required: true, ltr: true } satisfies Ask] : []),
    ...LOCALES.map((locale): Ask => ({ name: `placename.${locale}`, kind: "text", label: t("admin.places.name", { language: LOCALE_NAMES[locale] }), required: locale === "en" })),
    { name: "type", kind: "text", label: t("admin.places.type"), hint: t("admin.places.type.hint") },
    ...(place === null ? [] : [{ name: "disabled", kind: "tick", label: t("admin.places.off"), hint: t("admin.places.off.hint") } satisfies Ask]),
  ];
  const before: Answers = {
    ...(place === null ? { code: "" } : { disabled: place.disabled }),
    ...Object.fromEntries(LOCALES.map((locale) => [`placename.${locale}`, place?.placename?.[locale] ?? ""])),
    type: place?.type ?? "",
  };
  const save = async (changed: Answers, all: Answers): Promise<void> => {
    if (place === null) {
      const made = await tables.createPlace({ ...written(all), ...(below === "" ? {} : { parent_code: below }) });
      say(t("admin.made"), { icon: "check" });
      navigate(below === "" ? `/admin/places/${String(made.id)}` : `/admin/places?below=${encodeURIComponent(below)}`, { replace: true, force: true });
      return;
    }
    if (Object.keys(changed).length > 0) await tables.changePlace(place.id, written(changed));
    say(t("admin.saved"), { icon: "check" });
  };
  const above = localized(place?.name).split("::").slice(0, -1).join(" › ");
  return (
    <Stack>
      {place === null ? (
        below === "" ? null : (
          <Card>
            <Facts items={[[t("admin.places.where"), <Code key="below">{below}</Code>]]} />
          </Card>
        )
      ) : (
        <Card>
          <Stack gap={3}>
            <Facts
              items={[
                [t("admin.places.code"), <Code key="code">{place.code}</Code>],
                ...(above === "" ? [] : [[t("admin.places.where"), <bdi key="where">{above}</bdi>] as const]),
              ]}
            />
            <Row>
              <LinkButton href={`/admin/places?below=${encodeURIComponent(place.code)}`}>{t("admin.places.show_below")}</LinkButton>
              <LinkButton icon="plus" href={`/admin/places/new?below=${encodeURIComponent(place.code)}`}>
                {t("admin.places.new")}
              </LinkButton>
            </Row>
          </Stack>
        </Card>
      )}
      <AdminForm asks={asks} before={before} saveLabel={t(place === null ? "admin.create" : "admin.save")} onSave={save} />
    </Stack>
  );
}

/** Names go by language. A kind that was left empty is the usual one of its level. */
function written(answers: Answers): Shape<"LocationWrite"> {
  const data: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(answers)) {
    const [name, locale] = key.split(".");
    if (name === undefined || (name === "type" && value === "")) continue;
    data[name] = locale === undefined ? value : { ...(data[name] as Record<string, unknown> | undefined), [locale]: value };
  }
  return data;
}

export default forDoers("metadata", ["manage"], PlacePage);
