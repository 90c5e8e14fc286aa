import type { JSX } from "preact";
import { useEffect } from "preact/compat";
import { localized, t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { useResource, useSource } from "~/store";
import { Badge, Notice, Page, Row, Skeleton, Stack } from "~/ui";
import { Back, Loaded, NotYours } from "../parts";
import { Editor } from "./Editor";
import { kindWords, useForming, useReach } from "./words";

/** One form: its questions, its settings, how it looks. */
export default function FormPage({ params }: { params: Params }): JSX.Element {
  const source = useSource();
  const forming = useForming();
  const id = params["id"] ?? "";
  const one = forming.one(id);
  const form = useResource(one, 5).value;
  const standing = useReach(source);
  // Another administrator may have saved it while she looked elsewhere.
  useEffect(() => {
    const seen = (): void => {
      if (document.visibilityState === "visible") void one.refresh(5);
    };
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
    };
  }, [one]);
  if (standing !== null && !standing.closed && !standing.reach.words) return <Page title={t("admin.title")}><NotYours /></Page>;
  return (
    <Page
      title={form === null ? <span class="visually-hidden">{t("admin.forms.one")}</span> : <bdi>{localized(form.name) || form.unique_id}</bdi>}
      before={<Back to={form === null ? "/admin/forms" : `/admin/forms?kind=${form.parent_form}`} label={t("admin.forms.title")} />}
      actions={
        form === null ? undefined : (
          <Row>
            <Badge>{kindWords(form.parent_form)}</Badge>
            {form.is_nested ? <Badge>{t("admin.forms.rows")}</Badge> : null}
            {form.visible || form.is_nested ? null : <Badge icon="eyeOff">{t("admin.forms.mark.hidden")}</Badge>}
          </Row>
        )
      }
    >
      {standing === null ? (
        <Skeleton rows={4} blocks />
      ) : (
        <Stack>
          {standing.closed ? <Notice tone="info" title={t("admin.forms.closed")}>{t("admin.forms.closed.text")}</Notice> : null}
          <Loaded from={forming.all()}>
            {(forms) => (
              <Loaded from={forming.lookups()} maxAge={60}>
                {(lookups) => <Loaded from={one} maxAge={5}>{(base) => <Editor key={base.id} base={base} forms={forms} lookups={lookups} reach={standing.reach} />}</Loaded>}
              </Loaded>
            )}
          </Loaded>
        </Stack>
      )}
    </Page>
  );
}
