import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { textOf } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { isObject } from "~/lib/json";
import { usePlace } from "~/lib/router";
import { useConfiguration, VERSIONS_PER_PAGE, type Difference, type ImpactView, type PairView, type Problems, type PromotionView } from "~/store/configuration";
import { Badge, Button, Card, EmptyState, Facts, LinkButton, Muted, Notice, Page, Pager, Row, say, Sheet, Skeleton, Stack } from "~/ui";
import { Back, Loaded } from "../parts";
import { Changes } from "./Changes";
import { ImpactTold, ProblemsTold } from "./Checks";
import { FileDrop } from "./FileDrop";
import { Act, ReasonForm, short } from "./parts";

/** In production: a signed file is looked at and applied; what came before stands below and can be taken back. */
export function Received({ pair }: { pair: PairView }): JSX.Element {
  const configuration = useConfiguration();
  const page = Math.max(1, Number(usePlace().query.get("page")) || 1);
  return (
    <Page title={t("admin.changes.received.title")} before={<Back to="/admin/configuration" label={t("admin.configuration.title")} />}>
      <p>{t("admin.changes.received.lead")}</p>
      {pair.other ? (
        <Receiving />
      ) : (
        <Notice title={t("admin.configuration.state.unpaired")} actions={<LinkButton href="/admin/configuration">{t("admin.configuration.title")}</LinkButton>}>
          {t("admin.changes.unpaired")}
        </Notice>
      )}
      <h2>{t("admin.changes.received.before")}</h2>
      <Loaded from={configuration.promotions(page)} maxAge={5}>
        {({ items, total }) =>
          items.length === 0 ? (
            <EmptyState icon="sync" title={t("admin.changes.received.none")} />
          ) : (
            <Stack gap={3}>
              {items.map((promotion) => (
                <Promotion key={promotion.id} promotion={promotion} />
              ))}
              <Pager page={page} pages={Math.ceil(total / VERSIONS_PER_PAGE)} hrefOf={(one) => `/admin/changes?page=${String(one)}`} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

interface Looked {
  difference: Difference;
  problems: Problems;
  impact: ImpactView[];
}

interface Read {
  text: string;
  title: string;
  proposedBy: string;
  approvedBy: string;
  document: unknown;
}

function Receiving(): JSX.Element {
  const configuration = useConfiguration();
  const [read, setRead] = useState<Read | null>(null);
  const [found, setFound] = useState<Looked | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [done, setDone] = useState<PromotionView | null>(null);
  const turn = useRef(0);
  const outcome = useRef<HTMLDivElement>(null);
  const look = async (_name: string, text: string, content: unknown): Promise<void> => {
    const mine = (turn.current += 1);
    setDone(null);
    setFound(null);
    setFailed(null);
    const next = readFile(text, content);
    setRead(next);
    if (next === null) {
      setFailed(t("admin.changes.receive.not_a_set"));
      return;
    }
    try {
      const [difference, problems, impact] = await Promise.all([configuration.differenceTo(next.document), configuration.problemsIn(next.document), configuration.impactOf(next.document)]);
      if (mine === turn.current) setFound({ difference, problems, impact });
    } catch (error) {
      if (mine === turn.current) setFailed(textOf(error));
    }
  };
  return (
    <Card label={t("admin.changes.receive")}>
      <Stack>
        <h2>{t("admin.changes.receive")}</h2>
        <FileDrop label={t("admin.changes.receive.file")} hint={t("admin.changes.receive.hint")} error={null} onRead={(name, text, content) => void look(name, text, content)} />
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
        {read === null || failed !== null ? null : (
          <Stack>
            <Facts
              items={[
                [t("admin.changes.name"), <bdi key="title">{read.title}</bdi>],
                [t("admin.changes.proposed"), <bdi key="proposed">{read.proposedBy}</bdi>],
                [t("admin.changes.approved"), <bdi key="approved">{read.approvedBy}</bdi>],
              ]}
            />
            {found === null ? (
              <Skeleton rows={3} />
            ) : (
              <>
                <Act
                  label={t("admin.changes.receive.apply")}
                  icon="check"
                  look="primary"
                  wait={t("admin.changes.receive.wait")}
                  onAct={async () => {
                    const promotion = await configuration.receive(read.text);
                    setRead(null);
                    setFound(null);
                    setDone(promotion);
                    requestAnimationFrame(() => outcome.current?.focus());
                  }}
                />
                <Muted>{t("admin.changes.receive.checked")}</Muted>
                {found.difference.total > 0 ? <ImpactTold impact={found.impact} /> : null}
                {found.problems.items.length > 0 ? <ProblemsTold problems={found.problems} /> : null}
                <Changes changes={found.difference.changes} total={found.difference.total} none={t("admin.changes.receive.same")} />
              </>
            )}
          </Stack>
        )}
        <div ref={outcome} tabIndex={-1}>
          {done === null ? null : (
            <Notice tone="ok" title={t(done.again ? "admin.changes.receive.again" : "admin.changes.receive.done")}>
              {t("admin.changes.receive.stands", { number: done.version, hash: short(done.after) })}
            </Notice>
          )}
        </div>
      </Stack>
    </Card>
  );
}

/** What a signed set says of itself; whether the signature holds is for the server to say. */
function readFile(text: string, content: unknown): Read | null {
  const signed = isObject(content) ? content["signed"] : null;
  if (!isObject(signed) || !isObject(signed["document"]) || typeof signed["target_hash"] !== "string") return null;
  const said = (name: string): string => (typeof signed[name] === "string" ? signed[name] : "");
  return { text, title: said("title"), proposedBy: said("proposed_by"), approvedBy: said("approved_by"), document: signed["document"] };
}

function Promotion({ promotion }: { promotion: PromotionView }): JSX.Element {
  const configuration = useConfiguration();
  const [asked, setAsked] = useState(false);
  const back = promotion.rolled_back_at;
  return (
    <Card label={promotion.title}>
      <Stack gap={3}>
        <Row between>
          <h3>
            <bdi>{promotion.title}</bdi>
          </h3>
          {back === null ? (
            <Badge icon="check" tone="ok">
              {t("admin.changes.received.holds")}
            </Badge>
          ) : (
            <Badge icon="undo" tone="warn">
              {t("admin.changes.received.rolled_back")}
            </Badge>
          )}
        </Row>
        <Facts
          items={[
            ...(promotion.reason === "" ? [] : ([[t("admin.configuration.reason"), <bdi key="reason">{promotion.reason}</bdi>]] as const)),
            [t("admin.changes.received.at"), promotion.received_by === null ? formatMoment(promotion.received_at) : t("admin.configuration.by", { at: formatMoment(promotion.received_at), name: promotion.received_by })],
            [t("admin.changes.received.road"), t(`admin.changes.source.${promotion.source}`)],
            [t("admin.changes.proposed"), <bdi key="proposed">{promotion.proposed_by}</bdi>],
            [t("admin.changes.approved"), <bdi key="approved">{promotion.approved_by}</bdi>],
            ...(back === null ? [] : ([[t("admin.changes.received.rolled_back"), t("admin.configuration.by", { at: formatMoment(back), name: promotion.rolled_back_by ?? "" })]] as const)),
          ]}
        />
        <Row>
          <LinkButton href={`/admin/configuration/versions/${String(promotion.version)}`}>{t("admin.configuration.version", { number: promotion.version })}</LinkButton>
          {promotion.can_roll_back ? (
            <Button icon="undo" onClick={() => { setAsked(true); }}>
              {t("admin.changes.received.roll_back")}
            </Button>
          ) : null}
        </Row>
      </Stack>
      <Sheet open={asked} title={t("admin.changes.received.roll_back")} onClose={() => { setAsked(false); }}>
        <Stack>
          <p>{t("admin.configuration.rollback.lead")}</p>
          <ReasonForm
            label={t("admin.configuration.rollback.reason")}
            go={t("admin.changes.received.roll_back")}
            icon="undo"
            look="danger"
            onSend={async (reason) => {
              await configuration.rollBackPromotion(promotion.id, reason);
              setAsked(false);
              say(t("admin.changes.received.rolled_back"), { icon: "check" });
            }}
          />
          {promotion.version > 1 ? (
            <>
              <h3>{t("admin.configuration.rollback.changes")}</h3>
              <Loaded from={configuration.difference(promotion.version, promotion.version - 1)} maxAge={60}>
                {({ changes, total }) => <Changes changes={changes} total={total} none={t("admin.configuration.compare.same")} />}
              </Loaded>
            </>
          ) : null}
        </Stack>
      </Sheet>
    </Card>
  );
}
