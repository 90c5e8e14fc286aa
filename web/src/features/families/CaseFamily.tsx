import type { ComponentChildren, JSX } from "preact";
import { useMemo, useState } from "preact/compat";
import { textOfProblem } from "~/api";
import { t } from "~/lib/i18n";
import { DoSheet } from "~/renderer/DoSheet";
import { nameOf } from "~/renderer/kindWords";
import { RecordPicker } from "~/renderer/RecordPicker";
import { isBlank, rowId, rowsOf, textOf } from "~/renderer/values";
import { labelOfField, textOfAnswer } from "~/renderer/words";
import { caseOfDetail, caseOfMember, familyOfCase, kindsOf, linkFamily, mayDo, unlinkFamily, useResource, useSource, type FamilyAct, type OutboxItem } from "~/store";
import { Button, Card, Code, Facts, Field, Icon, Link, LinkButton, List, LinkRow, Muted, Notice, RadioGroup, Row, Sheet, Stack, StateBadge, TextInput } from "~/ui";
import { DETAILS, relationWords, rowFieldsOf, useFormAsking, useMembers, type About } from "./about";
import css from "./families.module.css";
import { memberOf, memberOfCase, withPlaces, type Member } from "./kinship";
import { MemberSheet } from "./MemberSheet";
import { NameOf, Tree } from "./Tree";

const SHARED = ["family_number", "family_size", "family_notes"];
const LINKING: readonly FamilyAct[] = ["link_family", "unlink_family", "create_family_of_case"];
function isLinking(item: OutboxItem): boolean {
  return (LINKING as readonly string[]).includes(item.action);
}

type Doing = "make" | "find" | "unlink" | { link: string };

/** The family of a child, as far as she who looks may know: who belongs to it, whose case is where, what all of them share. */
export default function CaseFamily({ id, data, record, fields, sources, mayWrite, may }: About): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 600).value;
  const form = useFormAsking("case", DETAILS);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const readsFamilies = kindsOf(me).includes("families");
  const onItsWay = record.items.some((item) => isLinking(item) && item.state !== "refused");
  const ofFamily = useMembers(readsFamilies && !onItsWay ? textOf(data["family_id"]) : "");
  const details = withPlaces(rowsOf(data[DETAILS]), ofFamily);
  const masked = nameOf(data).masked;
  const self = useMemo(() => memberOfCase(data, masked), [data, masked]);
  const members = useMemo(() => [self, ...details.map(memberOf)], [self, data[DETAILS], JSON.stringify(ofFamily)]);
  const relationOf = relationWords(fields, sources, DETAILS);
  const family = textOf(data["family_id"]);
  const opened = members.find((one) => one.id === open);
  const isOpen = mayWrite && data["record_state"] !== false;
  // What is on its way is settled first.
  const mayLink = isOpen && !onItsWay && (may("link_family_record") || may("case_from_family"));
  const edit = mayWrite && form?.writable === true ? `/cases/${encodeURIComponent(id)}/${encodeURIComponent(form.id)}/edit` : null;
  const makeCase = (member: Member): ((fresh: string) => ReturnType<typeof caseOfDetail>) | null => {
    if (!isOpen || onItsWay || !mayDo(me, "cases", "create")) return null;
    if (family !== "" && mayDo(me, "families", "case_from_family")) return (fresh) => caseOfMember(family, member.id, fresh, { name: member.name, sex: member.sex, age: member.age }, id);
    return may("case_from_family") ? (fresh) => caseOfDetail(id, member.id, fresh) : null;
  };
  const close = (): void => {
    setDoing(null);
  };
  return (
    <Stack>
      <Waiting record={record} />
      <Card label={t("families.title")}>
        <Stack gap={3}>
          {family === "" ? (
            <p class={css.lead}>{t(mayLink ? "families.case.none.text" : "families.case.none")}</p>
          ) : (
            <Row between>
              <FamilyName data={data} family={family} linked={!onItsWay && readsFamilies} />
              {mayLink ? (
                <Button look="quiet" icon="close" onClick={() => { setDoing("unlink"); }}>
                  {t("families.unlink")}
                </Button>
              ) : null}
            </Row>
          )}
          {family === "" && mayLink ? (
            <Row>
              <Button look="primary" icon="plus" onClick={() => { setDoing("make"); }}>
                {t("families.make")}
              </Button>
              <Button icon="search" onClick={() => { setDoing("find"); }}>
                {t("families.find")}
              </Button>
            </Row>
          ) : null}
          <Shared data={data} fields={fields} sources={sources} edit={family === "" ? null : edit} />
        </Stack>
      </Card>
      <Siblings members={members} self={self.id} />
      <section class={css.part} aria-labelledby="family-tree">
        <Row between>
          <h3 id="family-tree">{t("families.tree")}</h3>
          {edit === null ? null : (
            <LinkButton icon="plus" href={edit}>
              {t("families.member.add")}
            </LinkButton>
          )}
        </Row>
        {details.length === 0 ? <p class={css.lead}>{t("families.tree.alone")}</p> : null}
        <Tree members={members} relationOf={relationOf} self={self.id} onOpen={(member) => { setOpen(member.id); }} />
      </section>
      {opened === undefined ? null : (
        <MemberSheet
          key={opened.id}
          member={opened}
          row={details.find((row) => rowId(row) === opened.id) ?? {}}
          relation={relationOf(opened)}
          questions={rowFieldsOf(fields, DETAILS)}
          sources={sources}
          self={opened.id === self.id}
          makeCase={makeCase(opened)}
          linkTo={mayLink && family !== "" ? { family, module: textOf(data["module_id"]), from: id } : null}
          editAt={edit}
          onClose={() => { setOpen(null); }}
        />
      )}
      {doing === "make" ? <MakeFamily id={id} name={masked ? "" : textOf(data["name_last"])} alone={details.length === 0} onClose={close} /> : null}
      {doing === "find" ? <FindFamily module={textOf(data["module_id"])} onChoose={(link) => { setDoing({ link }); }} onClose={close} /> : null}
      {doing !== null && typeof doing === "object" ? <LinkFamily id={id} family={doing.link} onClose={close} /> : null}
      {doing === "unlink" ? (
        <DoSheet
          danger
          title={t("families.unlink.title")}
          follows={[t("families.unlink.follows.1"), t("families.unlink.follows.2"), t("families.unlink.follows.3")]}
          label={t("families.unlink.do")}
          done={t("families.unlinked")}
          saves={() => [unlinkFamily(id)]}
          onClose={close}
        />
      ) : null}
    </Stack>
  );
}

function FamilyName({ data, family, linked }: { data: About["data"]; family: string; linked: boolean }): JSX.Element {
  const name = textOf(data["family_name"]);
  const code = textOf(data["family_id_display"]);
  const words: ComponentChildren = name === "" ? t("families.this") : <bdi>{name}</bdi>;
  return (
    <span class={css.familyName}>
      <Icon name="family" />
      {linked ? <Link href={`/families/${encodeURIComponent(family)}`}>{words}</Link> : <strong>{words}</strong>}
      {code === "" ? null : (
        <Muted small>
          <Code>{code}</Code>
        </Muted>
      )}
    </span>
  );
}

/** What is written once for the whole family. */
function Shared({ data, fields, sources, edit }: Pick<About, "data" | "fields" | "sources"> & { edit: string | null }): JSX.Element | null {
  const told = SHARED.flatMap((name): [ComponentChildren, ComponentChildren][] => {
    const field = fields.get(name);
    return !field || isBlank(data[name]) ? [] : [[labelOfField(field), <span dir="auto" class={css.words}>{textOfAnswer(field, data[name], sources)}</span>]];
  });
  if (told.length === 0 && edit === null) return null;
  return (
    <>
      {told.length === 0 ? null : <Facts items={told} />}
      {edit === null ? null : (
        <Row>
          <Muted small>{t("families.shared.text")}</Muted>
          <LinkButton look="quiet" icon="edit" href={edit}>
            {t("families.shared.edit")}
          </LinkButton>
        </Row>
      )}
    </>
  );
}

/** The cases of the other children of the family, where she may read them. */
function Siblings({ members, self }: { members: readonly Member[]; self: string }): JSX.Element | null {
  const others = members.filter((one) => one.id !== self && one.caseId !== null);
  if (others.length === 0) return null;
  return (
    <section class={css.part} aria-labelledby="family-siblings">
      <h3 id="family-siblings">{t("families.siblings")}</h3>
      <SiblingList others={others} label={t("families.siblings")} />
    </section>
  );
}

function SiblingList({ others, label }: { others: readonly Member[]; label: string }): JSX.Element {
  return (
    <List label={label}>
      {others.map((one) => (
        <LinkRow key={one.id} icon="cases" href={`/cases/${encodeURIComponent(one.caseId ?? "")}`}>
          <NameOf member={one} />{" "}
          <Muted small>
            <Code>{one.caseCode}</Code>
            {one.age === null ? null : <> · {t(one.ageEstimated ? "families.age.about" : "families.age", { age: one.age })}</>}
          </Muted>
        </LinkRow>
      ))}
    </List>
  );
}

/** The same on the summary of a case: only where there is something to tell. */
export function SiblingsCard({ id, data }: Pick<About, "id" | "data">): JSX.Element | null {
  const others = rowsOf(data[DETAILS]).map(memberOf).filter((one) => one.caseId !== null);
  const family = textOf(data["family_id"]);
  if (others.length === 0 && family === "") return null;
  return (
    <Card label={t("families.card")}>
      <Stack gap={3}>
        <Row between>
          <h2 class={css.cardTitle}>{t("families.card")}</h2>
          <Link href={`/cases/${encodeURIComponent(id)}/family`}>{t("families.card.open")}</Link>
        </Row>
        {others.length === 0 ? <Muted>{t("families.siblings.none")}</Muted> : <SiblingList others={others} label={t("families.siblings")} />}
      </Stack>
    </Card>
  );
}

/** What she did about the family and is still on this device, or came back. */
function Waiting({ record }: Pick<About, "record">): JSX.Element | null {
  const source = useSource();
  const mine = record.items.filter(isLinking);
  if (mine.length === 0) return null;
  return (
    <>
      {mine.map((item) => (
        <Notice
          key={item.id}
          tone={item.state === "refused" ? "danger" : "info"}
          title={t(`outbox.item.${item.action}`)}
          actions={
            item.state === "sending" ? null : (
              <Button icon="undo" onClick={() => void source.outbox.takeBack(item.id)}>
                {t("approvals.take_back")}
              </Button>
            )
          }
        >
          {item.state === "refused" ? (item.refusal?.problems ?? []).map((one) => textOfProblem(one, item.refusal?.status)).join(" ") : <StateBadge state={item.state} />}
        </Notice>
      ))}
    </>
  );
}

function MakeFamily({ id, name: known, alone, onClose }: { id: string; name: string; alone: boolean; onClose: () => void }): JSX.Element {
  const [family] = useState(() => crypto.randomUUID());
  const [name, setName] = useState(known);
  const trimmed = name.trim();
  return (
    <DoSheet
      title={t("families.make")}
      follows={[t(alone ? "families.make.follows.alone" : "families.make.follows.1"), t("families.make.follows.2"), t("families.make.follows.3")]}
      label={t("families.make.do")}
      done={t("families.made")}
      disabled={trimmed === ""}
      saves={() => [familyOfCase(id, family, trimmed)]}
      onClose={onClose}
    >
      <Field required label={t("families.name")} hint={t("families.name.hint")}>
        {(attributes) => <TextInput {...attributes} value={name} onValue={setName} />}
      </Field>
    </DoSheet>
  );
}

const OPEN = { status: ["open"] };

function FindFamily({ module, onChoose, onClose }: { module: string; onChoose: (family: string) => void; onClose: () => void }): JSX.Element {
  return (
    <Sheet open title={t("families.find")} onClose={onClose}>
      <RecordPicker
        kind="families"
        label={t("picker.families")}
        filters={OPEN}
        without={(one) => module !== "" && textOf(one["module_id"]) !== "" && one["module_id"] !== module}
        onChoose={(one) => { onChoose(textOf(one["id"])); }}
      />
    </Sheet>
  );
}

/** The child is one of those who are in the family already, or comes to it as a new member. */
function LinkFamily({ id, family, onClose }: { id: string; family: string; onClose: () => void }): JSX.Element {
  const source = useSource();
  const { value } = useResource(source.record("families", family), 0);
  const [member, setMember] = useState("");
  const free = rowsOf(value?.data["family_members"]).map(memberOf).filter((one) => one.caseId === null && !one.dead);
  return (
    <DoSheet
      title={t("families.case.link.title")}
      follows={[t("families.link.follows.1"), t("families.link.follows.2"), t("families.link.follows.3")]}
      label={t("families.case.link.do")}
      done={t("families.linked")}
      saves={() => [linkFamily(id, family, member === "" ? null : member)]}
      onClose={onClose}
    >
      {free.length === 0 ? null : (
        <Field group label={t("families.link.who")} hint={t("families.link.who.hint")}>
          {() => (
            <RadioGroup
              stacked
              value={member}
              onValue={setMember}
              options={[{ value: "", label: t("families.link.new") }, ...free.map((one) => ({ value: one.id, label: one.name === "" ? t("cases.name.none") : one.name }))]}
            />
          )}
        </Field>
      )}
    </DoSheet>
  );
}
