import type { JSX } from "preact";
import { useState } from "preact/compat";
import { Refusal, textOf as wordsOf } from "~/api";
import { localized, t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import type { Json } from "~/lib/json";
import type { Expression, Field as FieldOf, Lookup } from "~/renderer/types";
import { mayDo, useResource, useSource } from "~/store";
import type { FormView } from "~/store/forming";
import { Button, Card, Checkbox, CheckboxGroup, Code, Facts, Field, Link, MultiCombobox, Muted, Notice, Row, say, Select, Sheet, Stack, TextInput } from "~/ui";
import { ConditionBuilder } from "../build/ConditionBuilder";
import { Loaded } from "../parts";
import { formNow, textOf, textsOf, type FormDraft, type Laid } from "./draft";
import css from "./forms.module.css";
import { Texts } from "./Texts";
import { groupOptions, kindWords, useForming, type Reach } from "./words";

export interface SettingsProps {
  draft: FormDraft;
  forms: readonly FormView[];
  lookups: readonly Lookup[];
  fields: readonly FieldOf[];
  languages: readonly string[];
  problems: Readonly<Record<string, string>>;
  reach: Reach;
  onChange: (change: Laid) => void;
}

const ANOTHER = "+";

/** What holds for a form as a whole: its names, its place, when and to whom it is shown. */
export function Settings({ draft, forms, lookups, fields, languages, problems, reach, onChange }: SettingsProps): JSX.Element {
  const source = useSource();
  const modules = useResource(source.settings(), 300).value?.modules ?? [];
  const said = formNow(draft);
  const { base } = draft;
  const closed = !reach.words;
  const group = textOf(said["form_group_id"]);
  const chosen = Array.isArray(said["module_ids"]) ? said["module_ids"].filter((one) => typeof one === "string") : [];
  const groups = groupOptions(lookups as never, chosen, base.parent_form);
  const [another, setAnother] = useState(false);
  const isNewGroup = another || (group !== "" && group !== base.form_group_id && !groups.some((one) => one.value === group));
  const tick = (part: string, label: string, hint?: string): JSX.Element => (
    <div>
      <Checkbox id={`form-${part}`} checked={said[part] === true} disabled={closed} label={t(label)} aria-describedby={hint ? `form-${part}-hint` : undefined} onChecked={(on) => { onChange({ [part]: on }); }} />
      {hint ? (
        <div class={css.hint} id={`form-${part}-hint`}>
          {t(hint)}
        </div>
      ) : null}
    </div>
  );
  return (
    <Stack>
      <Card>
        <Stack>
          <Texts id="form-name" label={t("admin.forms.form.name")} value={textsOf(said["name"])} languages={languages} required closed={closed} error={problems["name"] ?? null} onValue={(value) => { onChange({ name: { ...value } }); }} />
          <Texts id="form-description" label={t("admin.forms.form.about")} hint={t("admin.forms.form.about.hint")} area value={textsOf(said["description"])} languages={languages} closed={closed} error={problems["description"] ?? null} onValue={(value) => { onChange({ description: { ...value } }); }} />
          <Facts items={[[t("admin.forms.form.kind"), kindWords(base.parent_form)], [t("admin.forms.form.id"), <Code key="id">{base.unique_id}</Code>]]} />
          {base.is_nested ? (
            <NestedSettings draft={draft} forms={forms} closed={!reach.all} onChange={onChange} />
          ) : (
            <>
              <Field id="form-form_group_id" label={t("admin.forms.form.group")} error={problems["form_group_id"] ?? null}>
                {(attributes) => (
                  <Select
                    {...attributes}
                    value={isNewGroup ? ANOTHER : group}
                    options={[...groups, { value: ANOTHER, label: t("admin.forms.form.group.new") }]}
                    disabled={closed}
                    onValue={(value) => {
                      setAnother(value === ANOTHER);
                      onChange({ form_group_id: value === ANOTHER ? "" : value === "" ? null : value });
                    }}
                  />
                )}
              </Field>
              {isNewGroup ? <Field label={t("admin.forms.form.group.name")} hint={t("admin.forms.form.group.name.hint")}>{(attributes) => <TextInput {...attributes} value={group} disabled={closed} onValue={(text) => { onChange({ form_group_id: text }); }} />}</Field> : null}
              <Field group id="form-module_ids" label={t("admin.forms.form.modules")} error={problems["module_ids"] ?? null}>
                {() => (
                  <CheckboxGroup stacked values={chosen} disabled={!reach.all} options={modules.filter((one) => one.associated_record_types.includes(base.parent_form)).map((one) => ({ value: one.unique_id, label: one.name }))} onValues={(values) => { onChange({ module_ids: values }); }} />
                )}
              </Field>
              {tick("visible", "admin.forms.form.visible", "admin.forms.form.visible.hint")}
              {tick("mobile_form", "admin.forms.form.mobile")}
              <fieldset class={css.group} id="form-display_conditions" tabIndex={-1}>
                <legend>{t("admin.forms.form.when")}</legend>
                {problems["display_conditions"] ? <div class={css.wrong}>{problems["display_conditions"]}</div> : null}
                <ConditionBuilder about="form" value={said["display_conditions"] as Expression | null | undefined} fields={fields} lookups={lookups} closed={!reach.all} onChange={(value) => { onChange({ display_conditions: value as Json }); }} />
              </fieldset>
            </>
          )}
        </Stack>
      </Card>
      {base.is_nested ? null : <WhoSees form={base} />}
      {reach.all ? <PutAway form={base} /> : null}
    </Stack>
  );
}

/** How a row shows itself when it is closed, and whether rows may go. */
function NestedSettings({ draft, forms, closed, onChange }: { draft: FormDraft; forms: readonly FormView[]; closed: boolean; onChange: (change: Laid) => void }): JSX.Element {
  const said = formNow(draft);
  const shown = Array.isArray(said["collapsed_field_names"]) ? said["collapsed_field_names"].filter((one) => typeof one === "string") : [];
  const above = forms.filter((form) => form.fields.some((field) => field.subform_section_id === draft.base.id));
  return (
    <>
      <div>
        <Muted small>{t("admin.forms.rows.used")}</Muted>{" "}
        {above.length === 0 ? t("admin.forms.rows.unused") : above.map((form, place) => (
          <span key={form.id}>
            {place > 0 ? " · " : ""}
            <Link href={`/admin/forms/${String(form.id)}`}>
              <bdi>{localized(form.name)}</bdi>
            </Link>
          </span>
        ))}
      </div>
      <Field label={t("admin.forms.rows.face")} hint={t("admin.forms.rows.face.hint")}>
        {(attributes) => <MultiCombobox {...attributes} values={shown} disabled={closed} options={draft.base.fields.map((one) => ({ value: one.name, label: localized(one.display_name) || one.name }))} onValues={(values) => { onChange({ collapsed_field_names: values }); }} />}
      </Field>
      <Checkbox checked={said["subform_prevent_item_removal"] === true} disabled={closed} label={t("admin.forms.rows.stay")} onChecked={(on) => { onChange({ subform_prevent_item_removal: on }); }} />
    </>
  );
}

/** The roles that show the form, and those that fill it in; each leads to the role, where that is decided. */
function WhoSees({ form }: { form: FormView }): JSX.Element | null {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  if (!mayDo(me, "roles", "read")) return null;
  return (
    <Card label={t("admin.forms.who")}>
      <Stack gap={3}>
        <h2>{t("admin.forms.who")}</h2>
        <Loaded from={source.admin.roles()}>
          {(roles) => {
            const seen = roles.filter((role) => !role.disabled && form.unique_id in role.form_section_read_write);
            return seen.length === 0 ? (
              <Notice tone="warn">{t("admin.forms.who.nobody")}</Notice>
            ) : (
              <ul class={css.plain}>
                {seen.map((role) => (
                  <li key={role.unique_id}>
                    <Row between>
                      <Link href={`/admin/roles/${String(role.id)}`}>
                        <bdi>{role.name}</bdi>
                      </Link>
                      <Muted small>{t(`admin.forms.${role.form_section_read_write[form.unique_id] === "rw" ? "rw" : "r"}`)}</Muted>
                    </Row>
                  </li>
                ))}
              </ul>
            );
          }}
        </Loaded>
        <Muted small>{t("admin.forms.who.text")}</Muted>
      </Stack>
    </Card>
  );
}

/** Takes a form out of use; what was answered on it stays in the records. */
function PutAway({ form }: { form: FormView }): JSX.Element {
  const source = useSource();
  const forming = useForming();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  if (form.core_form || !form.editable) return <Muted small>{t("admin.forms.form.stays")}</Muted>;
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await forming.retire(form.id);
      void source.forms().refresh();
      say(t("admin.forms.form.gone"), { icon: "check" });
      navigate("/admin/forms", { force: true });
    } catch (reason) {
      setError(reason instanceof Refusal && reason.code === "form.in_use" ? t("admin.forms.form.in_use") : wordsOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Row>
      <Button icon="lock" onClick={() => { setError(null); setOpen(true); }}>
        {t("admin.forms.form.away")}
      </Button>
      <Sheet
        open={open}
        centre
        title={t("admin.forms.form.away")}
        onClose={() => { setOpen(false); }}
        actions={
          <Row>
            <Button look="danger" busy={busy} onClick={() => void go()}>
              {t("admin.forms.form.away")}
            </Button>
            <Button onClick={() => { setOpen(false); }}>{t("admin.leave.stay")}</Button>
          </Row>
        }
      >
        <Stack gap={3}>
          <p>{t("admin.forms.form.away.text")}</p>
          {error ? (
            <Notice tone="danger" alert>
              {error}
            </Notice>
          ) : null}
        </Stack>
      </Sheet>
    </Row>
  );
}
