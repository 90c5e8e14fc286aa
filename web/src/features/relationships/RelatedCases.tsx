import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf as textOfError, textOfProblem } from "~/api";
import { hasMessage, t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { DoSheet } from "~/renderer/DoSheet";
import { RecordPicker } from "~/renderer/RecordPicker";
import type { Data } from "~/renderer/types";
import { textOf } from "~/renderer/values";
import { Whose } from "~/renderer/Whose";
import { amendRelationship, isAway, linkRegistry, mayDo, relateCases, relationshipTypes, useResource, useSource, type OutboxItem, type RelationshipView } from "~/store";
import { Badge, Button, Card, Code, EmptyState, ErrorState, Facts, Field, Icon, Link, Muted, Notice, PlainRow, List, Row, Select, Sheet, Skeleton, Stack, StateBadge } from "~/ui";
import css from "./relationships.module.css";

interface About {
  id: string;
  data: Data;
  record: { items: readonly OutboxItem[] };
  mayWrite: boolean;
  may: (action: string) => boolean;
}

/** How cases are related, in words: those of the instance, else the type itself. */
function wordsOf(type: string): string {
  const key = `relations.type.${type}`;
  return hasMessage(key) ? t(key) : type.replaceAll("_", " ");
}

/** The cases that a case belongs with for another reason than the family, and the registry record of it. */
export default function RelatedCases(about: About): JSX.Element {
  const { may } = about;
  const source = useSource();
  const me = useResource(source.me(), 600).value;
  const seesCases = may("view_case_relationships") || may("update_case_relationships");
  const seesRegistry = may("add_registry_record") || may("view_registry_record") || mayDo(me, "registry_records", "read");
  return (
    <Stack>
      {seesCases ? <Cases {...about} /> : null}
      {seesRegistry ? <Registry {...about} /> : null}
      {!seesCases && !seesRegistry ? <EmptyState icon="lock" title={t("relations.not_permitted")} /> : null}
    </Stack>
  );
}

function Cases({ id, data, record, mayWrite, may }: About): JSX.Element {
  const source = useSource();
  const list = source.families.relationships(id);
  const { value, error } = useResource(list, 0);
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<RelationshipView | null>(null);
  const mayChange = mayWrite && data["record_state"] !== false && may("update_case_relationships");
  const holding = (value ?? []).filter((one) => !one.disabled);
  const fresh = record.items.filter((item) => item.action === "relate_cases");
  const onIt = (one: RelationshipView): OutboxItem | undefined => record.items.find((item) => item.action === "amend_relationship" && item.data["id"] === one.id);
  return (
    <section class={css.part} aria-labelledby="related-cases">
      <Row between>
        <h3 id="related-cases">{t("relations.cases")}</h3>
        {mayChange ? (
          <Button icon="plus" onClick={() => { setAdding(true); }}>
            {t("relations.add")}
          </Button>
        ) : null}
      </Row>
      {value === null && error !== null ? isAway(error) ? <Notice>{t("relations.offline")}</Notice> : <ErrorState onRetry={() => void list.refresh()}>{textOfError(error)}</ErrorState> : null}
      {value === null && error === null ? <Skeleton rows={2} blocks /> : null}
      {value !== null && holding.length === 0 && fresh.length === 0 ? <p class={css.lead}>{t("relations.none")}</p> : null}
      {holding.length + fresh.length === 0 ? null : (
        <List label={t("relations.cases")}>
          {fresh.map((item) => (
            <PlainRow key={item.id} icon="clock" end={<TakeBack item={item} />}>
              <span class={css.line}>
                <Badge>{wordsOf(textOf(item.data["relationship_type"]))}</Badge> <StateBadge state={item.state} />
              </span>
              <Refused item={item} />
            </PlainRow>
          ))}
          {holding.map((one) => {
            const item = onIt(one);
            return (
              <PlainRow
                key={one.id}
                icon="cases"
                end={
                  item !== undefined ? (
                    <TakeBack item={item} />
                  ) : mayChange ? (
                    <Button look="quiet" icon="close" onClick={() => { setEnding(one); }}>
                      {t("relations.end")}
                    </Button>
                  ) : null
                }
              >
                <span class={css.line}>
                  <Badge>{wordsOf(one.relationship_type)}</Badge> {item === undefined ? null : <StateBadge state={item.state} />}
                </span>
                <Link href={`/cases/${encodeURIComponent(one.case_id)}`}>
                  <Whose data={one.data as JsonObject} />
                </Link>
                {item === undefined ? null : <Refused item={item} />}
              </PlainRow>
            );
          })}
        </List>
      )}
      {adding ? <Add id={id} known={holding} onClose={() => { setAdding(false); }} /> : null}
      {ending === null ? null : (
        <DoSheet
          danger
          title={t("relations.end.title")}
          follows={[t("relations.end.follows.1"), t("relations.end.follows.2")]}
          label={t("relations.end.do")}
          done={t("relations.ended")}
          saves={() => [amendRelationship(id, ending.id, { disabled: true })]}
          onClose={() => { setEnding(null); }}
        />
      )}
    </section>
  );
}

function TakeBack({ item }: { item: OutboxItem }): JSX.Element | null {
  const source = useSource();
  return item.state === "sending" ? null : (
    <Button look="quiet" icon="undo" onClick={() => void source.outbox.takeBack(item.id)}>
      {t("approvals.take_back")}
    </Button>
  );
}

function Refused({ item }: { item: OutboxItem }): JSX.Element | null {
  if (item.state !== "refused") return null;
  return <Notice tone="danger">{(item.refusal?.problems ?? []).map((one) => textOfProblem(one, item.refusal?.status)).join(" ")}</Notice>;
}

function Add({ id, known, onClose }: { id: string; known: readonly RelationshipView[]; onClose: () => void }): JSX.Element {
  const source = useSource();
  const settings = useResource(source.settings(), 600).value;
  const [other, setOther] = useState<Data | null>(null);
  const [type, setType] = useState("");
  const types = relationshipTypes((settings?.system_options as Record<string, unknown> | undefined)?.["case_relationships"]);
  if (other === null)
    return (
      <Sheet open title={t("relations.add")} onClose={onClose}>
        <Stack>
          <p>{t("relations.add.text")}</p>
          <RecordPicker kind="cases" label={t("picker.cases")} hint={t("cases.search.hint")} without={(one) => one["id"] === id} onChoose={setOther} />
        </Stack>
      </Sheet>
    );
  const chosen = textOf(other["id"]);
  const there = known.some((one) => one.case_id === chosen && one.relationship_type === type);
  return (
    <DoSheet
      title={t("relations.add")}
      follows={[t("relations.add.follows.1"), t("relations.add.follows.2")]}
      label={t("relations.add.do")}
      done={t("relations.added")}
      disabled={type === "" || there}
      saves={() => [relateCases(id, chosen, type)]}
      onClose={onClose}
    >
      <Field required label={t("relations.type")} hint={t("relations.type.hint")} error={there ? t("relations.type.there") : null}>
        {(attributes) => <Select {...attributes} value={type} onValue={setType} options={types.map((one) => ({ value: one, label: wordsOf(one) }))} />}
      </Field>
      <p>
        <Whose data={other} />
      </p>
    </DoSheet>
  );
}

function Registry({ id, data, record, mayWrite, may }: About): JSX.Element {
  const [doing, setDoing] = useState<"find" | "end" | Data | null>(null);
  const linked = textOf(data["registry_record_id"]);
  const mayChange = mayWrite && data["record_state"] !== false && may("add_registry_record");
  const item = record.items.find((one) => one.action === "amend_case" && "registry_record_id" in one.data);
  const close = (): void => {
    setDoing(null);
  };
  const name = textOf(data["registry_name"]);
  const number = textOf(data["registry_no"]);
  return (
    <section class={css.part} aria-labelledby="registry-record">
      <h3 id="registry-record">{t("relations.registry")}</h3>
      <Card>
        <Stack gap={3}>
          {item === undefined ? null : (
            <Row>
              <StateBadge state={item.state} />
              <TakeBack item={item} />
            </Row>
          )}
          {item === undefined ? null : <Refused item={item} />}
          {linked === "" ? (
            <p class={css.lead}>{t("relations.registry.none")}</p>
          ) : (
            <>
              <span class={css.line}>
                <Icon name="file" />
                <Link href={`/registry_records/${encodeURIComponent(linked)}`}>{name === "" ? t("relations.registry.this") : /^\*+$/.test(name) ? t("cases.name.hidden") : <bdi>{name}</bdi>}</Link>{" "}
                <Muted small>
                  <Code>{textOf(data["registry_id_display"])}</Code>
                </Muted>
              </span>
              {number === "" ? null : <Facts items={[[t("relations.registry.number"), <Code>{number}</Code>]]} />}
            </>
          )}
          {mayChange && item === undefined ? (
            <Row>
              <Button icon="search" onClick={() => { setDoing("find"); }}>
                {t(linked === "" ? "relations.registry.choose" : "relations.registry.change")}
              </Button>
              {linked === "" ? null : (
                <Button look="quiet" icon="close" onClick={() => { setDoing("end"); }}>
                  {t("relations.registry.end")}
                </Button>
              )}
            </Row>
          ) : null}
        </Stack>
      </Card>
      {doing === "find" ? (
        <Sheet open title={t("relations.registry.choose")} onClose={close}>
          <RecordPicker kind="registry_records" label={t("picker.registry")} without={(one) => one["id"] === linked} onChoose={setDoing} />
        </Sheet>
      ) : null}
      {doing === "end" ? (
        <DoSheet danger title={t("relations.registry.end")} follows={[t("relations.registry.end.follows")]} label={t("relations.registry.end.do")} done={t("relations.registry.ended")} saves={() => [linkRegistry(id, null)]} onClose={close} />
      ) : null}
      {doing !== null && typeof doing === "object" ? (
        <DoSheet title={t("relations.registry.choose")} follows={[t("relations.registry.follows")]} label={t("relations.registry.do")} done={t("relations.registry.done")} saves={() => [linkRegistry(id, textOf(doing["id"]))]} onClose={close}>
          <p>
            <Whose data={doing} kind="registry_records" />
          </p>
        </DoSheet>
      ) : null}
    </section>
  );
}
