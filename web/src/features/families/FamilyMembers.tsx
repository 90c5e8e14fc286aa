import type { JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { rowId, rowsOf, textOf } from "~/renderer/values";
import { caseOfMember, mayDo, useResource, useSource } from "~/store";
import { EmptyState, LinkButton, Row, Stack } from "~/ui";
import { MEMBERS, relationWords, rowFieldsOf, useFormAsking, type About } from "./about";
import css from "./families.module.css";
import { memberOf } from "./kinship";
import { MemberSheet } from "./MemberSheet";
import { Tree } from "./Tree";

/** Everybody of a family, as a tree: who is who, who cares for the children, whose case is where. */
export default function FamilyMembers({ id, data, fields, sources, mayWrite, may }: About): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 600).value;
  const form = useFormAsking("family", MEMBERS);
  const rows = rowsOf(data[MEMBERS]);
  const members = useMemo(() => rows.map(memberOf), [data[MEMBERS]]);
  const [open, setOpen] = useState<string | null>(null);
  const relationOf = relationWords(fields, sources, MEMBERS);
  const opened = members.find((one) => one.id === open);
  const edit = mayWrite && form?.writable === true ? `/families/${encodeURIComponent(id)}/${encodeURIComponent(form.id)}/edit` : null;
  const add = edit === null ? null : (
    <LinkButton icon="plus" href={edit}>
      {t("families.member.add")}
    </LinkButton>
  );
  if (members.length === 0)
    return (
      <EmptyState icon="family" title={t("families.none")} action={add}>
        {t("families.none.text")}
      </EmptyState>
    );
  const isOpen = data["record_state"] !== false;
  return (
    <Stack>
      <p class={css.lead}>{t("families.tree.text")}</p>
      <Tree members={members} relationOf={relationOf} onOpen={(member) => { setOpen(member.id); }} />
      {add === null ? null : <Row>{add}</Row>}
      {opened === undefined ? null : (
        <MemberSheet
          key={opened.id}
          member={opened}
          row={rows.find((row) => rowId(row) === opened.id) ?? {}}
          relation={relationOf(opened)}
          questions={rowFieldsOf(fields, MEMBERS)}
          sources={sources}
          makeCase={isOpen && may("case_from_family") && mayDo(me, "cases", "create") ? (fresh) => caseOfMember(id, opened.id, fresh, { name: opened.name, sex: opened.sex, age: opened.age }) : null}
          linkTo={isOpen && ["link_family_record", "case_from_family"].some((action) => mayDo(me, "cases", action)) ? { family: id, module: textOf(data["module_id"]), from: null } : null}
          editAt={edit}
          onClose={() => { setOpen(null); }}
        />
      )}
    </Stack>
  );
}
