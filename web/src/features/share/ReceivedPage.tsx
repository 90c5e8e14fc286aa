import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, textOfProblem } from "~/api";
import type { JsonObject } from "~/lib/json";
import { formatAgo, t } from "~/lib/i18n";
import { useResource, useSource, type ReceivedView } from "~/store";
import { Badge, Button, Card, Code, EmptyState, ErrorState, Field, LinkButton, Muted, Page, Row, say, Sheet, Skeleton, Stack, TextArea } from "~/ui";
import { KIND_WORDS } from "./words";

type Answer = "accepted" | "rejected" | "done";

/** What others asked of her: referrals and transfers to her, requests for her cases. */
export default function ReceivedPage(): JSX.Element {
  const source = useSource();
  const list = source.sharing.received();
  const { value, error } = useResource(list, 0);
  return (
    <Page narrow title={t("received.title")}>
      {value === null ? error ? <ErrorState onRetry={() => void list.refresh()}>{textOf(error)}</ErrorState> : <Skeleton rows={3} blocks /> : null}
      {value?.length === 0 ? (
        <EmptyState icon="check" title={t("received.none")}>
          {t("received.none.text")}
        </EmptyState>
      ) : null}
      <Stack>
        {(value ?? []).map((one) => (
          <Asked key={one.id} one={one} />
        ))}
      </Stack>
    </Page>
  );
}

function Asked({ one }: { one: ReceivedView }): JSX.Element {
  const source = useSource();
  const [asked, setAsked] = useState<"rejected" | "done" | null>(null);
  const [reason, setReason] = useState("");
  const answer = async (status: Answer): Promise<void> => {
    setAsked(null);
    const words = reason.trim();
    const why: JsonObject = words === "" ? {} : status === "done" ? { rejection_note: words } : { rejected_reason: words };
    const outcome = await source.save({ kind: "cases", id: one.record_id, create: false, act: "answer_transition", data: { transition: one.id, type: one.type, status, ...why } });
    say(outcome.state === "refused" ? outcome.problems.map((problem) => textOfProblem(problem, outcome.status)).join(" ") : t(outcome.state === "confirmed" ? "received.answered" : "share.waiting"));
    await source.sharing.refresh();
  };
  return (
    <Card>
      <Stack gap={2}>
        <Row between>
          <span>
            {t(KIND_WORDS[one.type])} <bdi>{one.transitioned_by}</bdi>
          </span>
          {one.overdue ? (
            <Badge tone="warn" icon="clock">
              {t("received.overdue")}
            </Badge>
          ) : null}
        </Row>
        <Muted small>
          <Code>{one.case_id_display}</Code>, {formatAgo(new Date(one.created_at))}
        </Muted>
        {one.notes ? <p dir="auto">{one.notes}</p> : null}
        <Row>
          {one.status === "in_progress" ? (
            <>
              <Button look="primary" icon="check" onClick={() => void answer("accepted")}>
                {t("received.accept")}
              </Button>
              <Button
                onClick={() => {
                  setAsked("rejected");
                }}
              >
                {t("received.reject")}
              </Button>
            </>
          ) : (
            <Button
              look="primary"
              icon="check"
              onClick={() => {
                setAsked("done");
              }}
            >
              {t("received.done")}
            </Button>
          )}
          <LinkButton look="quiet" href={`/cases/${encodeURIComponent(one.record_id)}`}>
            {t("received.look")}
          </LinkButton>
        </Row>
      </Stack>
      <Sheet
        open={asked !== null}
        centre
        title={asked === null ? "" : t(`received.${asked === "done" ? "done" : "reject"}`)}
        onClose={() => {
          setAsked(null);
        }}
        actions={
          <Button
            look="primary"
            onClick={() => {
              if (asked !== null) void answer(asked);
            }}
          >
            {t("received.send")}
          </Button>
        }
      >
        <Field label={t(asked === "done" ? "received.done.note" : "received.reject.reason")}>{(attributes) => <TextArea {...attributes} value={reason} onValue={setReason} />}</Field>
      </Sheet>
    </Card>
  );
}
