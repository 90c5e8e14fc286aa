import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { t } from "~/lib/i18n";
import { useResource, useSource, type SavedView } from "~/store";
import { Badge, Button, Checkbox, Code, ErrorState, Field, Muted, Notice, Row, Sheet, Skeleton, Stack, TextInput } from "~/ui";
import type { SavedFilter } from "./state";

export interface ViewsSheetProps {
  open: boolean;
  /** The filters of the list as it is now. */
  now: readonly SavedFilter[];
  /** Her teams: with whom she may share. */
  groups: readonly string[];
  onShow: (view: SavedView) => void;
  onClose: () => void;
}

/** Lists kept under a name: hers, and those that others share with her. */
export function ViewsSheet({ open, now, groups, onShow, onClose }: ViewsSheetProps): JSX.Element {
  const { lists } = useSource();
  const views = useResource(lists.views(), 60);
  const wishes = useResource(lists.wishes(), 600);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [why, setWhy] = useState<unknown>(null);
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<void>, done: string): Promise<void> => {
    setBusy(true);
    setWhy(null);
    setTold("");
    try {
      await work();
      setTold(done);
    } catch (error) {
      setWhy(error);
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
        {views.value === null ? views.error ? <ErrorState onRetry={() => void lists.views().refresh()}>{textOf(views.error)}</ErrorState> : <Skeleton rows={2} /> : null}
        {views.value?.length === 0 ? <Muted>{t("lists.views.none")}</Muted> : null}
        {(views.value ?? []).map((view) => {
          const isFirst = wishes.value?.view === view.id;
          return (
            <Stack key={view.id} gap={2}>
              <Row between>
                <Button
                  look="quiet"
                  icon="filter"
                  onClick={() => {
                    onShow(view);
                    onClose();
                  }}
                >
                  <bdi>{view.name}</bdi>
                </Button>
                {isFirst ? <Badge icon="check">{t("lists.views.first")}</Badge> : null}
              </Row>
              {view.own ? null : (
                <Muted small>
                  {t("lists.views.by")} <Code>{view.user_name}</Code>
                </Muted>
              )}
              <Row>
                <Button disabled={busy} onClick={() => void act(() => lists.wish({ view: isFirst ? null : view.id }), t("lists.views.kept"))}>
                  {t(isFirst ? "lists.views.not_first" : "lists.views.make_first")}
                </Button>
                {view.own ? (
                  <Button icon="trash" disabled={busy} onClick={() => void act(() => lists.dropView(view.id), t("lists.views.dropped"))} aria-label={t("lists.views.drop", { name: view.name })}>
                    {t("lists.views.drop.short")}
                  </Button>
                ) : null}
              </Row>
            </Stack>
          );
        })}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === "") return;
            void act(async () => {
              await lists.saveView({ name: name.trim(), filters: now.map((one) => ({ name: one.name, value: one.value as unknown[] })), shared_groups: shared ? [...groups] : [] });
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
