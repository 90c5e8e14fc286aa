import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { DoSheet } from "~/renderer/DoSheet";
import { RecordPicker } from "~/renderer/RecordPicker";
import type { Data, Field } from "~/renderer/types";
import type { Sources } from "~/renderer/sources";
import { textOf } from "~/renderer/values";
import { labelOfField, textOfAnswer } from "~/renderer/words";
import { itemsAbout, linkFamily, useSource, type Save } from "~/store";
import { Badge, Button, Facts, LinkButton, Muted, Notice, Row, Sheet, Stack } from "~/ui";
import type { Member } from "./kinship";
import { NameOf } from "./Tree";

/** `from`: the case on whose page she does it. */
interface LinkTo {
  family: string;
  module: string;
  from: string | null;
}

export interface MemberSheetProps {
  member: Member;
  row: Data;
  relation: string;
  questions: ReadonlyMap<string, Field>;
  sources: Sources;
  /** The case from which one looks is this member’s own. */
  self?: boolean;
  /** How a case of their own is opened for them; null when she may not. */
  makeCase: ((id: string) => Save) | null;
  /** The family to which one of her cases may be linked as this member; null when she may not. */
  linkTo: LinkTo | null;
  /** Where their answers are changed. */
  editAt: string | null;
  onClose: () => void;
}

const TOLD = ["relation_nickname", "relation_sex", "relation_date_of_birth", "relation_is_alive", "relation_occupation", "relation_location_current", "relation_address_current", "relation_safe_to_contact", "relation_telephone", "family_relationship_notes"];

/** Somebody of the family: what is known, their case, and what may be done. */
export function MemberSheet({ member, row, relation, questions, sources, self = false, makeCase, linkTo, editAt, onClose }: MemberSheetProps): JSX.Element {
  const source = useSource();
  const items = useWatched(source.outbox.items);
  const [doing, setDoing] = useState<"make" | "link" | null>(null);
  const waiting = itemsAbout(items, member.id).filter((item) => item.state !== "refused");
  const told = TOLD.flatMap((name): [ComponentChildren, ComponentChildren][] => {
    const field = questions.get(name);
    const words = field ? textOfAnswer(field, row[name], sources) : "";
    return field && words !== "" ? [[labelOfField(field), <span dir="auto">{words}</span>]] : [];
  });
  if (doing === "make" && makeCase !== null) return <MakeCase member={member} makeCase={makeCase} onClose={onClose} />;
  if (doing === "link" && linkTo !== null) return <LinkCase member={member} to={linkTo} onClose={onClose} />;
  const canHave = member.caseId === null && waiting.length === 0 && !self && !member.dead;
  return (
    <Sheet open title={<NameOf member={member} />} onClose={onClose}>
      <Stack>
        <Row>
          {self ? <Badge tone="accent">{t("families.self")}</Badge> : relation === "" ? null : <Badge>{relation}</Badge>}
          {member.caregiver ? (
            <Badge tone="accent" icon="shield">
              {t("families.caregiver")}
            </Badge>
          ) : null}
          {member.age === null ? null : <Muted>{t(member.ageEstimated ? "families.age.about" : "families.age", { age: member.age })}</Muted>}
        </Row>
        {told.length === 0 ? null : <Facts items={told} />}
        {waiting.length === 0 ? null : <Notice>{t("families.member.waiting")}</Notice>}
        {member.caseId === null || self ? null : (
          <Row>
            <LinkButton look="primary" icon="cases" href={`/cases/${encodeURIComponent(member.caseId)}`}>
              {t("families.case.open")}
            </LinkButton>
          </Row>
        )}
        <Row>
          {canHave && makeCase !== null ? (
            <Button icon="plus" onClick={() => { setDoing("make"); }}>
              {t("families.case.make")}
            </Button>
          ) : null}
          {canHave && linkTo !== null ? (
            <Button icon="cases" onClick={() => { setDoing("link"); }}>
              {t("families.case.link")}
            </Button>
          ) : null}
          {editAt === null || self ? null : (
            <LinkButton look="quiet" icon="edit" href={editAt}>
              {t("families.member.edit")}
            </LinkButton>
          )}
        </Row>
      </Stack>
    </Sheet>
  );
}

function MakeCase({ member, makeCase, onClose }: { member: Member; makeCase: (id: string) => Save; onClose: () => void }): JSX.Element {
  const [id] = useState(() => crypto.randomUUID());
  return (
    <DoSheet
      title={t("families.case.make.title")}
      follows={[t("families.case.make.follows.1"), t("families.case.make.follows.2"), t("families.case.make.follows.3")]}
      label={t("families.case.make.do")}
      done={t("families.case.made")}
      saves={() => [makeCase(id)]}
      onClose={onClose}
    >
      <p>
        <strong>
          <NameOf member={member} />
        </strong>
      </p>
    </DoSheet>
  );
}

function LinkCase({ member, to, onClose }: { member: Member; to: LinkTo; onClose: () => void }): JSX.Element {
  const [chosen, setChosen] = useState<string | null>(null);
  if (chosen !== null)
    return (
      <DoSheet
        title={t("families.case.link.title")}
        follows={[t("families.link.follows.1"), t("families.link.follows.2"), t("families.link.follows.3")]}
        label={t("families.case.link.do")}
        done={t("families.linked")}
        saves={() => [linkFamily(chosen, to.family, member.id, to.from)]}
        onClose={onClose}
      />
    );
  return (
    <Sheet open title={t("families.case.link.title")} onClose={onClose}>
      <Stack>
        <p>{t("families.case.link.text")}</p>
        <RecordPicker
          kind="cases"
          label={t("picker.cases")}
          hint={t("cases.search.hint")}
          filters={OPEN}
          without={(one) => textOf(one["family_id"]) !== "" || (to.module !== "" && textOf(one["module_id"]) !== "" && one["module_id"] !== to.module)}
          onChoose={(one) => { setChosen(textOf(one["id"])); }}
        />
      </Stack>
    </Sheet>
  );
}

const OPEN = { status: ["open"] };
