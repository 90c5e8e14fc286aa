import type { JSX } from "preact";
import { useState } from "preact/compat";
import { localized, t } from "~/lib/i18n";
import { navigate, type Params } from "~/lib/router";
import { useResource, useSource } from "~/store";
import { Card, Checkbox, EmptyState, Field, Icon, Muted, Notice, Page, Pair, Select, Stack } from "~/ui";
import css from "./admin.module.css";
import { Back, forReaders, Loaded } from "./parts";
import { allowedBy, comparedRights, type Compared, type Role } from "./rights";
import { resourceWords, scopeWords } from "./words";

interface Part {
  title: string;
  rows: Compared[];
}

/** Two roles side by side; where they differ is said by a sign and a word. */
function ComparePage({ params }: { params: Params }): JSX.Element {
  const source = useSource();
  const first = params["one"] ?? "";
  const second = params["other"] ?? "";
  const go = (one: string, other: string): void => {
    navigate(["/admin/roles/compare", one || (other ? "-" : ""), other].filter(Boolean).join("/"), { replace: true, keepScroll: true });
  };
  return (
    <Page title={t("admin.compare.title")} before={<Back to="/admin/roles" label={t("admin.roles.title")} />}>
      <Loaded from={source.admin.roles()}>
        {(roles) => {
          const options = roles.map((role) => ({ value: String(role.id), label: role.name }));
          const [one, other] = [first, second].map((id) => roles.find((role) => String(role.id) === id));
          return (
            <Stack>
              <Card>
                <Pair>
                  <Field label={t("admin.compare.one")}>{(attributes) => <Select {...attributes} value={one ? first : ""} options={options} onValue={(id) => { go(id, second); }} />}</Field>
                  <Field label={t("admin.compare.other")}>{(attributes) => <Select {...attributes} value={other ? second : ""} options={options} onValue={(id) => { go(first === "-" ? "" : first, id); }} />}</Field>
                </Pair>
              </Card>
              {one && other ? <Comparison one={one} other={other} /> : <EmptyState icon="key" title={t("admin.compare.choose")} />}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Comparison({ one, other }: { one: Role; other: Role }): JSX.Element {
  const source = useSource();
  const forms = useResource(source.forms(), 300).value ?? [];
  const [alone, setAlone] = useState(true);
  return (
    <Loaded from={source.admin.permissions()} maxAge={3600}>
      {(all) => {
        const formNames = new Map(forms.map((form) => [form.unique_id, localized(form.name)]));
        const parts: Part[] = [
          { title: t("admin.compare.general"), rows: generalOf(one, other) },
          ...comparedRights(all, allowedBy(one), allowedBy(other)).map(({ resource, rows }) => ({ title: resourceWords(resource), rows })),
          { title: t("admin.forms"), rows: formsOf(one, other, formNames) },
        ];
        const count = parts.flatMap((part) => part.rows).filter((row) => row.differs).length;
        const shown = parts.map((part) => ({ ...part, rows: alone ? part.rows.filter((row) => row.differs) : part.rows })).filter((part) => part.rows.length > 0);
        return (
          <Stack gap={3}>
            <span role="status">
              <strong>{t("admin.compare.count", { count })}</strong>
            </span>
            <Checkbox label={t("admin.compare.only")} checked={alone} onChecked={setAlone} />
            {shown.length === 0 ? <Notice tone="ok">{t("admin.compare.same")}</Notice> : <Side parts={shown} one={one.name} other={other.name} />}
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Side({ parts, one, other }: { parts: readonly Part[]; one: string; other: string }): JSX.Element {
  return (
    <div class={css.scroll}>
      <table class={css.compare}>
        <caption class="visually-hidden">{t("admin.compare.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("admin.rights")}</th>
            <th scope="col">
              <bdi>{one}</bdi>
            </th>
            <th scope="col">
              <bdi>{other}</bdi>
            </th>
          </tr>
        </thead>
        {parts.map((part) => (
          <tbody key={part.title}>
            <tr>
              <th scope="rowgroup" colSpan={3}>
                {part.title}
              </th>
            </tr>
            {part.rows.map((row) => (
              <tr key={row.id} class={row.differs ? css.differs : undefined}>
                <th scope="row">
                  {row.label}
                  {row.differs ? (
                    <div>
                      <span class={css.mark}>
                        <Icon name="alert" size={16} />
                        <Muted small>{t("admin.compare.differs")}</Muted>
                      </span>
                    </div>
                  ) : null}
                </th>
                <td>{said(row.one)}</td>
                <td>{said(row.other)}</td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function said(value: string | boolean): JSX.Element | string {
  if (typeof value === "string") return value === "" ? "–" : value;
  return (
    <span class={css.mark}>
      <Icon name={value ? "check" : "close"} size={16} />
      {t(value ? "admin.yes" : "admin.no")}
    </span>
  );
}

const TICKS = ["is_manager", "referral", "transfer", "referral_authorization", "disabled"] as const;

function generalOf(one: Role, other: Role): Compared[] {
  const pair = (id: string, label: string, a: string | boolean, b: string | boolean): Compared => ({ id, label, one: a, other: b, differs: a !== b });
  return [
    pair("scope", t("admin.scope"), scopeWords(one.group_permission), scopeWords(other.group_permission)),
    pair("modules", t("admin.modules"), one.module_unique_ids.join(", "), other.module_unique_ids.join(", ")),
    ...TICKS.map((name) => pair(name, t(`admin.role.${name}`), one[name], other[name])),
  ];
}

function formsOf(one: Role, other: Role, names: ReadonlyMap<string, string>): Compared[] {
  const [a, b] = [one.form_section_read_write, other.form_section_read_write];
  const words = (access: string | undefined): string => t(`admin.forms.${access ?? "no"}`);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((id) => ({ id, label: names.get(id) || id, one: words(a[id]), other: words(b[id]), differs: a[id] !== b[id] }));
}

export default forReaders(["roles"], ComparePage);
