import type { JSX } from "preact";
import { useState } from "preact/compat";
import { formatAgo, t } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { useWatched } from "~/lib/watched";
import { useResource, useSource, type OutboxItem } from "~/store";
import { Button, Code, EmptyState, LinkRow, Menu, Muted, Notice, Page, Sheet } from "~/ui";
import { HandedOverList } from "./HandedOverList";
import { ConfirmedItem, RefusedItem, Section, WaitingItem } from "./items";
import { PackSheet, TakeInSheet } from "./WorkFile";

/** What is on this device and not (yet) on the server: drafts, waiting, refused; and what was just confirmed. */
export default function OutboxPage(): JSX.Element {
  const source = useSource();
  const items = useWatched(source.outbox.items);
  const sending = useWatched(source.outbox.sending);
  const newer = useWatched(source.outbox.newer);
  const drafts = useWatched(source.drafts.all);
  const online = useOnline();
  const forms = useResource(source.forms(), 3600);
  const [asked, setAsked] = useState<OutboxItem | null>(null);
  const [file, setFile] = useState<"pack" | "take_in" | null>(null);
  const refused = items.filter((item) => item.state === "refused");
  const waiting = items.filter((item) => item.state === "waiting" || item.state === "sending");
  const confirmed = items.filter((item) => item.state === "confirmed");
  const isEmpty = items.length === 0 && drafts.length === 0;
  return (
    <Page
      title={t("outbox.title")}
      narrow
      actions={
        <>
          <Button look="primary" icon="sync" busy={sending} disabled={waiting.length === 0} onClick={() => void source.outbox.hurry()}>
            {t("outbox.sync")}
          </Button>
          <Menu
            label={t("outbox.file")}
            items={[
              ...(refused.length + waiting.length + drafts.length > 0 ? [{ id: "pack", label: t("outbox.export"), icon: "download" as const, onSelect: () => { setFile("pack"); } }] : []),
              { id: "take_in", label: t("outbox.import"), icon: "plus" as const, onSelect: () => { setFile("take_in"); } },
            ]}
          />
        </>
      }
    >
      {online ? null : <Notice>{t("outbox.offline")}</Notice>}
      {newer > 0 ? (
        <Notice tone="warn" title={t("outbox.newer.title")}>
          {t("outbox.newer.text", { count: newer })}
        </Notice>
      ) : null}
      {isEmpty && newer === 0 ? (
        <EmptyState icon="cloud" title={t("outbox.empty.title")}>
          {t("outbox.empty.text")}
        </EmptyState>
      ) : null}
      {refused.length > 0 ? (
        <Section title={t("outbox.refused", { count: refused.length })}>
          {refused.map((item) => (
            <RefusedItem key={item.id} item={item} forms={forms.value ?? []} onTakeBack={setAsked} />
          ))}
        </Section>
      ) : null}
      {waiting.length > 0 ? (
        <Section title={t("outbox.waiting", { count: waiting.length })}>
          {waiting.map((item) => (
            <WaitingItem key={item.id} item={item} all={items} />
          ))}
        </Section>
      ) : null}
      {drafts.length > 0 ? (
        <Section title={t("outbox.drafts", { count: drafts.length })}>
          {drafts.map((draft) => (
            <LinkRow key={draft.key} href={`/${draft.key}`} icon="edit">
              <div>
                {draft.key === "cases/new" ? t("outbox.draft.new") : t("outbox.draft.change")} {draft.key === "cases/new" ? null : <Code>{draft.key.slice(-7)}</Code>}
              </div>
              <Muted small>{t("outbox.draft.at", { when: formatAgo(draft.at) })}</Muted>
            </LinkRow>
          ))}
        </Section>
      ) : null}
      {online ? <HandedOverList forms={forms.value ?? []} /> : null}
      {confirmed.length > 0 ? (
        <Section title={t("outbox.confirmed", { count: confirmed.length })}>
          {confirmed.map((item) => (
            <ConfirmedItem key={item.id} item={item} />
          ))}
        </Section>
      ) : null}
      <TakeBackSheet
        item={asked}
        all={items}
        onClose={() => {
          setAsked(null);
        }}
      />
      {file === null ? null : file === "pack" ? <PackSheet onClose={() => { setFile(null); }} /> : <TakeInSheet onClose={() => { setFile(null); }} />}
    </Page>
  );
}

/** Taking something back is for good: what rests on it goes too. */
function TakeBackSheet({ item, all, onClose }: { item: OutboxItem | null; all: readonly OutboxItem[]; onClose: () => void }): JSX.Element {
  const source = useSource();
  const rest = item === null ? 0 : source.outbox.goesWith(item, all).length;
  return (
    <Sheet
      centre
      open={item !== null}
      title={t("outbox.take_back.title")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("outbox.take_back.keep")}</Button>
          <Button
            look="danger"
            onClick={() => {
              if (item) void source.outbox.takeBack(item.id);
              onClose();
            }}
          >
            {t("outbox.take_back.go")}
          </Button>
        </>
      }
    >
      <p>{t("outbox.take_back.text")}</p>
      {rest > 0 ? <p>{t("outbox.take_back.rest", { count: rest })}</p> : null}
    </Sheet>
  );
}
