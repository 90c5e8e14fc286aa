import type { JSX } from "preact";
import { localized, t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { useResource, useSource } from "~/store";
import type { Module } from "~/store/tables";
import { Code, Muted, Page, Records, say, Stack } from "~/ui";
import { AdminForm, type Answers } from "../AdminForm";
import { forDoers } from "../lookups/guard";
import { Back, Loaded } from "../parts";
import { useTables } from "../tables";

const KINDS: Readonly<Record<string, string>> = { case: "nav.cases", incident: "kinds.incidents.cases.title", tracing_request: "kinds.tracing_requests.cases.title", registry_record: "kinds.registry_records.cases.title", family: "kinds.families.cases.title" };

/** The parts of the work that are done here. */
function ModulesPage(): JSX.Element {
  const tables = useTables();
  return (
    <Page title={t("admin.modules.title")} before={<Back to="/admin" label={t("admin.title")} />}>
      <Loaded from={tables.modules()} maxAge={5}>
        {(modules) => (
          <Records
            label={t("admin.modules.title")}
            rows={modules}
            keyOf={(one) => one.unique_id}
            hrefOf={(one) => `/admin/modules/${String(one.id)}`}
            title={(one) => <bdi>{one.name}</bdi>}
            titleLabel={t("admin.name")}
            marks={() => null}
            marksLabel={t("admin.state")}
            columns={[
              { id: "code", label: t("admin.lookups.id"), cell: (one) => <Code>{one.unique_id}</Code> },
              { id: "kinds", label: t("admin.modules.kinds"), wraps: true, cell: (one) => one.associated_record_types.map(kindWords).join(" · ") },
              { id: "forms", label: t("admin.forms"), cell: (one) => t("admin.modules.form_count", { count: one.form_section_unique_ids.length }) },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}

/** One part of the work: what it is for, its kinds of record, its forms. */
function OneModulePage({ params }: { params: Params }): JSX.Element {
  const tables = useTables();
  const id = params["id"] ?? "";
  return (
    <Page title={t("admin.modules.one")} narrow before={<Back to="/admin/modules" label={t("admin.modules.title")} />}>
      <Loaded from={tables.modules()} maxAge={5}>
        {(modules) => {
          const module = modules.find((one) => String(one.id) === id);
          return module ? <ModuleForm key={module.id} module={module} /> : <Muted>{t("module.not_found")}</Muted>;
        }}
      </Loaded>
    </Page>
  );
}

function ModuleForm({ module }: { module: Module }): JSX.Element {
  const tables = useTables();
  const forms = useResource(useSource().forms(), 3600).value ?? [];
  const known = new Map(forms.filter((form) => !form.is_nested).map((form) => [form.unique_id, localized(form.name)]));
  const offered = [...new Set([...known.keys(), ...module.form_section_unique_ids])];
  const save = async (changed: Answers): Promise<void> => {
    if (Object.keys(changed).length > 0) await tables.changeModule(module.id, changed);
    say(t("admin.saved"), { icon: "check" });
  };
  return (
    <Stack>
      <div>
        <h2>
          <bdi>{module.name}</bdi>
        </h2>
        <Code>{module.unique_id}</Code>
      </div>
      <AdminForm
        asks={[
          { name: "description", kind: "area", label: t("admin.description") },
          { name: "associated_record_types", kind: "ticks", label: t("admin.modules.kinds"), options: Object.keys(KINDS).map((kind) => ({ value: kind, label: kindWords(kind) })) },
          { name: "form_section_unique_ids", kind: "several", label: t("admin.forms"), hint: t("admin.modules.forms.hint"), options: offered.map((form) => ({ value: form, label: known.get(form) ?? form })) },
        ]}
        before={{ description: module.description ?? "", associated_record_types: module.associated_record_types, form_section_unique_ids: module.form_section_unique_ids }}
        saveLabel={t("admin.save")}
        onSave={save}
      />
    </Stack>
  );
}

function kindWords(kind: string): string {
  const key = KINDS[kind];
  return key === undefined ? kind : t(key);
}

export default forDoers("metadata", ["manage"], ModulesPage);
export const ModulePage = forDoers("metadata", ["manage"], OneModulePage);
