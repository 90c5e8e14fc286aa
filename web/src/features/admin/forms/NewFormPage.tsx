import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { navigate, usePlace } from "~/lib/router";
import { useResource, useSource } from "~/store";
import { Notice, Page, say, Skeleton, Stack } from "~/ui";
import { AdminForm, type Answers, type Ask } from "../AdminForm";
import { Back, Loaded, NotYours } from "../parts";
import { groupOptions, KINDS_OF_FORMS, kindWords, languageName, useForming, useLanguages, useReach } from "./words";

const ANOTHER = "+";

/** A new form: what it is called, of which kind of record, in which part of the work, in which group. */
export default function NewFormPage(): JSX.Element {
  const source = useSource();
  const forming = useForming();
  const languages = useLanguages();
  const { query } = usePlace();
  const standing = useReach(source);
  const modules = useResource(source.settings(), 300).value?.modules ?? [];
  const save = async (_changed: Answers, all: Answers): Promise<void> => {
    const group = all["form_group_id"] === ANOTHER ? all["group"] : all["form_group_id"];
    const data = {
      name: Object.fromEntries(languages.map((locale) => [locale, all[`name.${locale}`] ?? ""])),
      parent_form: all["parent_form"],
      module_ids: all["module_ids"],
      ...(typeof group === "string" && group.trim() !== "" ? { form_group_id: group } : {}),
      visible: true,
      ...(await last(all["parent_form"], group)),
    };
    const made = await forming.create(data);
    void source.forms().refresh();
    say(t("admin.made"), { icon: "check" });
    navigate(`/admin/forms/${String(made.id)}`, { replace: true, force: true });
  };
  /** After the forms that stand in the group already. */
  const last = async (kind: Answers[string] | undefined, group: Answers[string] | undefined): Promise<{ order: number; order_form_group: number }> => {
    const forms = (await forming.all().wait()).filter((form) => !form.is_nested && form.parent_form === kind);
    const beside = forms.filter((form) => form.form_group_id === group);
    return {
      order: Math.max(0, ...beside.map((form) => form.order)) + 10,
      order_form_group: beside[0]?.order_form_group ?? Math.max(0, ...forms.map((form) => form.order_form_group)) + 10,
    };
  };
  return (
    <Page title={t("admin.forms.new")} narrow before={<Back to="/admin/forms" label={t("admin.forms.title")} />}>
      {standing === null || modules.length === 0 ? (
        <Skeleton rows={4} blocks />
      ) : !standing.reach.all ? (
        <NotYours />
      ) : (
        <Loaded from={forming.lookups()} maxAge={60}>
          {(lookups) => {
            const groupsFor = (kind: string): Ask["options"] => [...groupOptions(lookups, modules.map((one) => one.unique_id), kind), { value: ANOTHER, label: t("admin.forms.form.group.new") }];
            const asks: Ask[] = [
              ...languages.map((locale): Ask => ({ name: `name.${locale}`, kind: "text", label: t("admin.forms.form.name_in", { language: languageName(locale) }), required: locale === "en" })),
              { name: "parent_form", kind: "one", label: t("admin.forms.form.kind"), hint: t("admin.forms.form.kind.hint"), required: true, options: KINDS_OF_FORMS.map((value) => ({ value, label: kindWords(value) })) },
              { name: "module_ids", kind: "ticks", label: t("admin.forms.form.modules"), required: true, options: modules.map((one) => ({ value: one.unique_id, label: one.name })) },
              ...KINDS_OF_FORMS.map((kind): Ask => ({ name: "form_group_id", kind: "one", label: t("admin.forms.form.group"), options: groupsFor(kind) ?? [], when: (answers) => answers["parent_form"] === kind })),
              { name: "group", kind: "text", label: t("admin.forms.form.group.name"), hint: t("admin.forms.form.group.name.hint"), when: (answers) => answers["form_group_id"] === ANOTHER },
            ];
            const module = query.get("module") ?? modules[0]?.unique_id;
            const before: Answers = { ...Object.fromEntries(languages.map((locale) => [`name.${locale}`, ""])), parent_form: query.get("kind") ?? "case", module_ids: module === undefined ? [] : [module], form_group_id: "", group: "" };
            return (
              <Stack>
                <Notice tone="info">{t("admin.forms.new.text")}</Notice>
                <AdminForm asks={asks} before={before} saveLabel={t("admin.create")} onSave={save} />
              </Stack>
            );
          }}
        </Loaded>
      )}
    </Page>
  );
}
