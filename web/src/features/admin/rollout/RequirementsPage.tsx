import type { JSX } from "preact";
import { useState } from "preact/compat";
import { Refusal, textOf, textOfProblem } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { useResource } from "~/store";
import { useRollout, type Compared, type RolloutRoad } from "~/store/rollout";
import { Badge, Button, Card, Field, Muted, Notice, Page, Records, Row, say, Stack } from "~/ui";
import { Back, Loaded } from "../parts";
import { Differences } from "./Differences";
import { forLookers } from "./RolloutPage";

const LARGEST = 10 * 1024 * 1024;
const SHOWN = 200;

/** What the country asks of the system, and where the system is otherwise. */
function RequirementsPage(): JSX.Element {
  const rollout = useRollout();
  return (
    <Page title={t("admin.rollout.requirements.title")} before={<Back to="/admin/rollout" label={t("admin.rollout.title")} />}>
      <p>{t("admin.rollout.requirements.lead")}</p>
      <Loaded from={rollout.standing()} maxAge={60}>
        {(road) => <Here road={road} />}
      </Loaded>
    </Page>
  );
}

function Here({ road }: { road: RolloutRoad }): JSX.Element {
  return (
    <Stack gap={6}>
      <Row>
        <Download number={null} label={t("admin.rollout.requirements.begin")} />
      </Row>
      {road.kind === "demo" ? (
        <>
          {road.may_decide ? <Bring /> : null}
          <Differences mayDecide={road.may_decide} attest={(compared) => (road.may_decide ? <Attest compared={compared} /> : null)} />
          <Versions />
        </>
      ) : (
        <Notice>{t("admin.rollout.requirements.demo_only")}</Notice>
      )}
    </Stack>
  );
}

function Download({ number, label }: { number: number | null; label: string }): JSX.Element {
  const rollout = useRollout();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const fetch = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      const address = URL.createObjectURL(await rollout.workbook(number));
      const link = document.createElement("a");
      link.href = address;
      link.download = number === null ? "requirements.xlsx" : `requirements-${String(number)}.xlsx`;
      link.click();
      setTimeout(() => {
        URL.revokeObjectURL(address);
      }, 60_000);
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button icon="download" busy={busy} onClick={() => void fetch()}>
        {label}
      </Button>
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
    </>
  );
}

interface BadCell {
  id: string;
  sheet: string;
  cell: string;
  why: string;
}

function badCells(error: unknown): BadCell[] {
  if (!(error instanceof Refusal)) return [];
  return error.problems.flatMap((problem, place) => {
    const { sheet, cell } = problem.params;
    return typeof sheet === "string" ? [{ id: String(place), sheet: t(`admin.rollout.sheet.${sheet}`), cell: typeof cell === "string" ? cell : "", why: textOfProblem(problem) }] : [];
  });
}

/** The workbook that was filled in: kept, or every cell that cannot be used. */
function Bring(): JSX.Element {
  const rollout = useRollout();
  const [file, setFile] = useState<File | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const [bad, setBad] = useState<BadCell[]>([]);
  const [done, setDone] = useState<{ number: number; unread: string } | null>(null);
  const begin = (): void => {
    setFailed(null);
    setBad([]);
    setDone(null);
  };
  const tooLarge = file !== null && file.size > LARGEST;
  const bring = async (): Promise<void> => {
    if (file === null) return;
    begin();
    setBusy(true);
    try {
      const { version, unread } = await rollout.bring(file);
      setDone({ number: version.number, unread: unread.map((one) => [one.sheet, one.cell].filter((part) => part !== "").join(" ")).join(" · ") });
      say(t("admin.rollout.requirements.brought", { number: version.number }));
    } catch (error) {
      const cells = badCells(error);
      setBad(cells);
      if (cells.length === 0) setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack>
      <Field label={t("admin.rollout.requirements.file")} error={tooLarge ? t("import.file.too_large", { most: LARGEST / 1024 / 1024 }) : null}>
        {(attributes) => (
          <input
            {...attributes}
            type="file"
            accept=".xlsx"
            onChange={(event) => {
              begin();
              setFile(event.currentTarget.files?.[0] ?? null);
            }}
          />
        )}
      </Field>
      <Row>
        <Button look="primary" busy={busy} disabled={file === null || tooLarge} onClick={() => void bring()}>
          {t("admin.rollout.requirements.bring")}
        </Button>
      </Row>
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
      {done === null ? null : (
        <Notice tone="ok" title={t("admin.rollout.requirements.brought", { number: done.number })}>
          {done.unread === "" ? null : t("admin.rollout.requirements.unread", { what: done.unread })}
        </Notice>
      )}
      {bad.length === 0 ? null : (
        <>
          <Notice tone="danger" alert title={t("admin.rollout.requirements.bad.title")}>
            {t("admin.rollout.requirements.bad.text")}
          </Notice>
          <Records
            label={t("admin.rollout.requirements.bad.title")}
            rows={bad.slice(0, SHOWN)}
            keyOf={(one) => one.id}
            hrefOf={() => null}
            title={(one) => <bdi dir="ltr">{one.cell === "" ? "—" : one.cell}</bdi>}
            titleLabel={t("admin.rollout.requirements.bad.cell")}
            marks={(one) => <Badge>{one.sheet}</Badge>}
            marksLabel={t("admin.rollout.requirements.bad.sheet")}
            columns={[{ id: "why", label: t("admin.rollout.requirements.bad.why"), wraps: true, cell: (one) => one.why }]}
          />
        </>
      )}
    </Stack>
  );
}

/** Putting her name to what she looked at. */
function Attest({ compared }: { compared: Partial<Compared> }): JSX.Element | null {
  const rollout = useRollout();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const { requirements, hash, attested } = compared;
  if (!requirements || hash === undefined) return null;
  const ready = compared.open === 0 && compared.errors === 0;
  const attest = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      await rollout.attest(hash, requirements.number);
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card label={t("admin.rollout.requirements.attest.title")}>
      <Stack>
        <h2>{t("admin.rollout.requirements.attest.title")}</h2>
        {attested ? (
          <Notice tone={attested.holds ? "ok" : "warn"}>{t(attested.holds ? "admin.rollout.requirements.attested" : "admin.rollout.requirements.attested_earlier", { name: attested.by, when: formatMoment(attested.at) })}</Notice>
        ) : null}
        {attested?.holds ? null : (
          <>
            <p>{t(ready ? "admin.rollout.requirements.attest.text" : "admin.rollout.requirements.not_yet", { number: requirements.number })}</p>
            <Row>
              <Button look="primary" icon="check" busy={busy} disabled={!ready} onClick={() => void attest()}>
                {t("admin.rollout.requirements.attest")}
              </Button>
            </Row>
          </>
        )}
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
      </Stack>
    </Card>
  );
}

function Versions(): JSX.Element | null {
  const versions = useResource(useRollout().versions(), 30).value ?? [];
  if (versions.length === 0) return null;
  return (
    <Stack>
      <h2>{t("admin.rollout.requirements.versions")}</h2>
      {versions.map((version) => (
        <Row key={version.number} between>
          <Muted>{t("admin.rollout.requirements.version", { number: version.number, name: version.by, when: formatMoment(version.at) })}</Muted>
          <Download number={version.number} label={t("admin.rollout.requirements.download", { number: version.number })} />
        </Row>
      ))}
    </Stack>
  );
}

export default forLookers(RequirementsPage);
