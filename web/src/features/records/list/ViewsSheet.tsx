import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/compat";
import { textOf } from "~/api";
import { t } from "~/lib/i18n";
import { useResource, useSource, type Kind, type SavedView } from "~/store";
import { Badge, Button, Checkbox, Code, ErrorState, Field, Muted, Notice, Row, Sheet, Skeleton, Stack, TextInput, type TextInputProps } from "~/ui";
import type { SavedFilter } from "./state";

export interface ViewsSheetProps {
  kind: Kind;
  open: boolean;
  /** The filters of the list as it is now. */
  now: readonly SavedFilter[];
  /** Her teams: with whom she may share. */
  groups: readonly string[];
  onShow: (view: SavedView) => void;
  onClose: () => void;
}

/** Does something with a view and says that it is done, or why not; true when it is. */
type Act = (work: () => Promise<void>, done: string) => Promise<boolean>;

/** Lists kept under a name: hers, and those that others share with her. */
export function ViewsSheet({ kind, open, now, groups, onShow, onClose }: ViewsSheetProps): JSX.Element {
  const { lists } = useSource();
  const views = useResource(lists.views(kind), 60);
  const wishes = useResource(lists.wishes(kind), 600);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [why, setWhy] = useState<unknown>(null);
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const act: Act = async (work, done) => {
    setBusy(true);
    setWhy(null);
    setTold("");
    try {
      await work();
      setTold(done);
      return true;
    } catch (error) {
      setWhy(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet open={open} title={t("lists.views")} onClose={onClose}>
      <Stack gap={6}>
        {why === null ? null : (
          <Notice tone="warn" alert>
            {textOf(why)}
          </Notice>
        )}
        {views.value === null ? views.error ? <ErrorState onRetry={() => void lists.views(kind).refresh()}>{textOf(views.error)}</ErrorState> : <Skeleton rows={2} /> : null}
        {views.value?.length === 0 ? <Muted>{t("lists.views.none")}</Muted> : null}
        {(views.value ?? []).map((view) => (
          <Entry
            key={view.id}
            kind={kind}
            view={view}
            isFirst={wishes.value?.view === view.id}
            busy={busy}
            act={act}
            onShow={() => {
              onShow(view);
              onClose();
            }}
          />
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === "") return;
            void act(async () => {
              await lists.saveView(kind, { name: name.trim(), filters: now.map((one) => ({ name: one.name, value: one.value as unknown[] })), shared_groups: shared ? [...groups] : [] });
              setName("");
            }, t("lists.views.kept"));
          }}
        >
          <Stack>
            <Field label={t("lists.views.name")} hint={t("lists.views.name.hint")}>
              {(attributes) => <TextInput {...attributes} value={name} onValue={setName} maxLength={200} />}
            </Field>
            {groups.length > 0 ? <Checkbox checked={shared} onChecked={setShared} label={t("lists.views.share")} /> : null}
            <Button look="primary" type="submit" busy={busy} disabled={name.trim() === ""}>
              {t("lists.views.save")}
            </Button>
            {/* In the sheet: what is said behind an open one is neither seen nor read out. */}
            <span role="status">{told}</span>
          </Stack>
        </form>
      </Stack>
    </Sheet>
  );
}

/** One view: shown by a tap; her own can have another name, or go. */
function Entry({ kind, view, isFirst, busy, act, onShow }: { kind: Kind; view: SavedView; isFirst: boolean; busy: boolean; act: Act; onShow: () => void }): JSX.Element {
  const { lists } = useSource();
  const [naming, setNaming] = useState<string | null>(null);
  const rename = useRef<HTMLButtonElement>(null);
  const end = (): void => {
    setNaming(null);
    // Where she came from: the button stands there again once the form has gone.
    requestAnimationFrame(() => rename.current?.focus());
  };
  return (
    <Stack gap={2}>
      <Row between>
        <Button look="quiet" icon="filter" onClick={onShow}>
          <bdi>{view.name}</bdi>
        </Button>
        {isFirst ? <Badge icon="check">{t("lists.views.first")}</Badge> : null}
      </Row>
      {view.own ? null : (
        <Muted small>
          {t("lists.views.by")} <Code>{view.user_name}</Code>
        </Muted>
      )}
      {naming === null ? (
        <Row>
          <Button disabled={busy} onClick={() => void act(() => lists.wish(kind, { view: isFirst ? null : view.id }), t("lists.views.kept"))}>
            {t(isFirst ? "lists.views.not_first" : "lists.views.make_first")}
          </Button>
          {view.own ? (
            <>
              <Button
                ref={rename}
                icon="edit"
                disabled={busy}
                onClick={() => {
                  setNaming(view.name);
                }}
                aria-label={t("lists.views.rename", { name: view.name })}
              >
                {t("lists.views.rename.short")}
              </Button>
              <Button icon="trash" disabled={busy} onClick={() => void act(() => lists.dropView(kind, view.id), t("lists.views.dropped"))} aria-label={t("lists.views.drop", { name: view.name })}>
                {t("lists.views.drop.short")}
              </Button>
            </>
          ) : null}
        </Row>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (naming.trim() === "") return;
            void act(() => lists.changeView(kind, view.id, { name: naming.trim() }), t("lists.views.renamed")).then((done) => {
              if (done) end();
            });
          }}
        >
          <Stack gap={2}>
            <Field label={t("lists.views.new_name")} hint={t("lists.views.name.hint")}>
              {(attributes) => <NewName {...attributes} value={naming} onValue={setNaming} />}
            </Field>
            <Row>
              <Button look="primary" type="submit" busy={busy} disabled={naming.trim() === ""}>
                {t("lists.views.rename.save")}
              </Button>
              <Button onClick={end}>{t("lists.views.rename.cancel")}</Button>
            </Row>
          </Stack>
        </form>
      )}
    </Stack>
  );
}

/** Takes the focus when it comes. */
function NewName(props: Omit<TextInputProps, "ref">): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return <TextInput {...props} maxLength={200} ref={input} />;
}
