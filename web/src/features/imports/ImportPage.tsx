import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { Refusal, textOf } from "~/api";
import { t } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { IMPORT_COLUMNS, importKinds, LARGEST_IMPORT, useResource, useSource, type ImportKind, type ImportPlan, type ImportProgress, type Waiting } from "~/store";
import { Button, ErrorState, Field, LinkButton, Muted, Notice, Page, RadioGroup, Row, Skeleton, Stack } from "~/ui";
import { PlanView } from "./PlanView";
import { asCsv, offer } from "./table";

/** A table of people or places: what is in it, what it would do, and then that. */
export default function ImportPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const kinds = importKinds(me);
  return (
    <Page
      title={t("imports.title")}
      before={
        <Row>
          <LinkButton look="quiet" icon="back" href="/admin">
            {t("admin.title")}
          </LinkButton>
        </Row>
      }
    >
      {me === null ? <Skeleton rows={3} /> : kinds.length === 0 ? <ErrorState>{t("error.status.403")}</ErrorState> : <Import kinds={kinds} />}
    </Page>
  );
}

function Import({ kinds }: { kinds: readonly ImportKind[] }): JSX.Element {
  const source = useSource();
  const online = useOnline();
  const [kind, setKind] = useState<ImportKind>(kinds[0] ?? "users");
  const [file, setFile] = useState<File | null>(null);
  const [plan, setPlan] = useState<ImportPlan | null>(null);
  const [done, setDone] = useState<ImportPlan | null>(null);
  const [busy, setBusy] = useState<"look" | "apply" | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const [isCalledBack, setCalledBack] = useState(false);
  const recall = useRef(new AbortController());
  const turn = useRef(0);
  const shown = useRef<HTMLDivElement>(null);
  const isTooLarge = file !== null && file.size > LARGEST_IMPORT;

  const begin = (): void => {
    turn.current += 1;
    setPlan(null);
    setDone(null);
    setFailed(null);
    setBusy(null);
  };
  const ask = async (what: "look" | "apply", asked: (waiting: Waiting) => Promise<ImportPlan>, then: (told: ImportPlan) => void): Promise<void> => {
    const mine = (turn.current += 1);
    setFailed(null);
    setBusy(what);
    setProgress(null);
    setCalledBack(false);
    recall.current = new AbortController();
    try {
      const told = await asked({
        onProgress: (reached) => {
          if (mine === turn.current) setProgress(reached);
        },
        signal: recall.current.signal,
      });
      if (mine === turn.current) then(told);
    } catch (error) {
      if (mine !== turn.current) return;
      setFailed(textOf(error));
      if (error instanceof Refusal && error.code === "import.plan_outdated") setPlan(null);
    } finally {
      if (mine === turn.current) {
        setBusy(null);
        requestAnimationFrame(() => shown.current?.focus());
      }
    }
  };
  const look = (): void => {
    if (file !== null) void ask("look", (waiting) => source.imports.plan(kind, file, waiting), setPlan);
  };
  const apply = (leaveOutBad: boolean): void => {
    if (file === null || plan === null) return;
    void ask("apply", (waiting) => source.imports.apply(plan, file, leaveOutBad, waiting), (told) => {
      setPlan(null);
      setDone(told);
    });
  };
  return (
    <Stack gap={6}>
      <Stack>
        <p>{t("imports.lead")}</p>
        {kinds.length > 1 ? (
          <Field group label={t("imports.kind")}>
            {() => (
              <RadioGroup
                value={kind}
                options={kinds.map((one) => ({ value: one, label: t(`imports.kind.${one}`) }))}
                onValue={(value) => {
                  begin();
                  setKind(value === "locations" ? "locations" : "users");
                }}
              />
            )}
          </Field>
        ) : null}
        <Muted>{t(`imports.kind.${kind}.hint`)}</Muted>
        <Row>
          <Button
            icon="download"
            onClick={() => {
              offer(asCsv([IMPORT_COLUMNS[kind].map((name) => t(`import.column.${name}`))]), `${kind}.csv`);
            }}
          >
            {t("imports.empty")}
          </Button>
        </Row>
        <Field label={t("imports.file")} hint={t("imports.file.hint")} error={isTooLarge ? t("import.file.too_large", { most: LARGEST_IMPORT / 1024 / 1024 }) : null}>
          {(attributes) => (
            <input
              {...attributes}
              type="file"
              accept=".csv,.txt,.tsv,.xlsx,text/csv"
              onChange={(event) => {
                begin();
                setFile(event.currentTarget.files?.[0] ?? null);
              }}
            />
          )}
        </Field>
        {online ? null : <Notice>{t("imports.needs_network")}</Notice>}
        <Row>
          <Button look={plan === null ? "primary" : "secondary"} busy={busy === "look"} disabled={file === null || isTooLarge || busy !== null || !online} onClick={look}>
            {t("imports.look")}
          </Button>
        </Row>
        {busy === null ? null : (
          <Row>
            <p role="status">{progress === null ? t("imports.wait") : t(`imports.progress.${progress.phase}`, { done: progress.done, total: progress.total })}</p>
            {progress?.phase === "storing" && progress.total > 0 ? <progress value={progress.done} max={progress.total} aria-label={t("imports.wait")} /> : null}
            <Button
              disabled={isCalledBack}
              onClick={() => {
                recall.current.abort();
                setCalledBack(true);
              }}
            >
              {t("imports.cancel")}
            </Button>
          </Row>
        )}
      </Stack>
      <div ref={shown} tabIndex={-1}>
        <Stack>
          {failed === null ? null : (
            <Notice tone="danger" alert>
              {failed}
            </Notice>
          )}
          {plan === null ? null : <PlanView key={plan.hash} plan={plan} busy={busy === "apply"} mayApply={online && busy === null} onApply={apply} />}
          {done === null ? null : (
            <Notice tone="ok" title={t("imports.done")}>
              {[t("imports.done.text", { count: done.create + done.change }), done.invited > 0 ? t("imports.plan.invited", { count: done.invited }) : ""].join(" ").trim()}
            </Notice>
          )}
        </Stack>
      </div>
    </Stack>
  );
}
