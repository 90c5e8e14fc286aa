import type { JSX } from "preact";
import { useEffect, useRef } from "preact/compat";
import { localized, t } from "~/lib/i18n";
import { Icon } from "~/ui/icons";
import { Badge } from "~/ui/labels";
import { Notice } from "~/ui/layout";
import { FormBody } from "~/renderer/FormBody";
import type { Section } from "~/renderer/forms";
import type { Data } from "~/renderer/types";
import { SectionApproval } from "./Approval";
import type { RecordDesk } from "./RecordDesk";
import { RecordLink, RecordLinkButton, recordPath } from "./RecordLink";
import css from "./record.module.css";

export interface SectionPageProps {
  desk: RecordDesk;
  section: Section;
  sections: readonly Section[];
  editing: boolean;
  mayWrite: boolean;
  data: Data;
}

/** One section, to be read or filled in, with the way to the next and the one before. */
export function SectionPage({ desk, section, sections, editing, mayWrite, data }: SectionPageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const { form, writable } = section;
  useEffect(() => {
    const active = document.activeElement;
    if (!active || active === document.body || active.tagName === "A" || active.tagName === "BUTTON") heading.current?.focus({ preventScroll: true });
  }, [form.unique_id, editing]);
  const at = sections.indexOf(section);
  const before = sections[at - 1];
  const after = sections[at + 1];
  const help = localized(form.help_text);
  const canEdit = mayWrite && writable;
  return (
    <article class={css.section} aria-labelledby="section-title">
      <div class={css.sectionHead}>
        <h2 id="section-title" ref={heading} tabIndex={-1}>
          {localized(form.name)}
        </h2>
        {canEdit && !editing ? (
          <RecordLinkButton to={recordPath(desk, form.unique_id, "edit")} icon="edit" look="primary">
            {t("casefile.edit")}
            <span class="visually-hidden"> {localized(form.name)}</span>
          </RecordLinkButton>
        ) : !writable ? (
          <Badge icon="eye">{t("casefile.read_only")}</Badge>
        ) : null}
      </div>
      {editing || desk.kind !== "cases" ? null : <SectionApproval id={desk.id} form={form.unique_id} data={data} module={desk.setup.module} />}
      {help ? <Notice>{help}</Notice> : null}
      <FormBody key={`${form.unique_id}-${String(editing)}`} desk={desk.desk} fields={form.fields} book={desk.filling.answers} mode={editing && canEdit ? "edit" : "view"} />
      <nav class={css.steps} aria-label={t("casefile.steps")}>
        {before ? <Step desk={desk} section={before} editing={editing} direction="back" /> : <span />}
        {after ? <Step desk={desk} section={after} editing={editing} direction="on" /> : <span />}
      </nav>
    </article>
  );
}

function Step({ desk, section, editing, direction }: { desk: RecordDesk; section: Section; editing: boolean; direction: "back" | "on" }): JSX.Element {
  const to = recordPath(desk, section.form.unique_id, editing && section.writable ? "edit" : "view");
  return (
    <RecordLink to={to} class={direction === "on" ? css.stepOn : css.stepBack}>
      {direction === "back" ? <Icon name="back" /> : null}
      <span>
        <span class={css.quiet}>{t(direction === "back" ? "casefile.step.back" : "casefile.step.on")}</span>
        <span>{localized(section.form.name)}</span>
      </span>
      {direction === "on" ? <Icon name="chevron" /> : null}
    </RecordLink>
  );
}
