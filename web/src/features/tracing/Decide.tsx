import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf as textOfError, textOfProblem } from "~/api";
import { t } from "~/lib/i18n";
import { useWatched } from "~/lib/watched";
import { decide, decisionsOn, useSource, type MatchAct, type MatchView } from "~/store";
import { Badge, Button, Card, Field, Notice, Row, say, Sheet, Stack, StateBadge, TextArea } from "~/ui";
import { Said } from "./MatchCard";
import { LikelihoodBadge } from "./Marks";
import css from "./tracing.module.css";
import type { Words } from "./words";

const DONE: Readonly<Record<MatchAct, string>> = { confirm_match: "tracing.confirm.done", reject_match: "tracing.reject.done", undo_match: "tracing.undo.done" };

/** The decision on two who may be the same child: where it stands, and what she may do about it. */
export function Decide({ match, words }: { match: MatchView; words: Words }): JSX.Element {
  const source = useSource();
  const items = useWatched(source.outbox.items);
  const [asked, setAsked] = useState<MatchAct | null>(null);
  const mine = decisionsOn(match, items);
  const newest = mine.at(-1) ?? null;
  const now = match.decided?.decision ?? null;
  const offers: readonly MatchAct[] = newest !== null && newest.state !== "confirmed" ? [] : now === "confirmed" || now === "rejected" ? ["undo_match"] : ["confirm_match", "reject_match"];
  return (
    <Card label={t("tracing.decision")}>
      <Stack gap={3}>
        <Row between>
          <h2>{t("tracing.decision")}</h2>
          <Row>
            <StateBadge state={newest?.state ?? null} />
            {now === "confirmed" ? (
              <Badge tone="ok" icon="check">
                {t("tracing.decided.confirmed")}
              </Badge>
            ) : now === "rejected" ? (
              <Badge icon="close">{t("tracing.decided.rejected")}</Badge>
            ) : (
              <LikelihoodBadge likelihood={match.likelihood} score={match.score} />
            )}
          </Row>
        </Row>
        <Said match={match} words={words} />
        {match.elsewhere ? (
          <Notice tone="warn" title={t("tracing.elsewhere")}>
            {t("tracing.elsewhere.text")}
          </Notice>
        ) : null}
        {newest !== null && newest.state !== "confirmed" ? (
          <Notice
            tone={newest.state === "refused" ? "danger" : "info"}
            title={t(`outbox.item.${newest.action}`)}
            actions={
              newest.state === "sending" ? null : (
                <Button icon="undo" onClick={() => void source.outbox.takeBack(newest.id)}>
                  {t("approvals.take_back")}
                </Button>
              )
            }
          >
            {newest.state === "refused" ? (newest.refusal?.problems ?? []).map((one) => textOfProblem(one, newest.refusal?.status)).join(" ") : t("share.waiting")}
          </Notice>
        ) : null}
        {match.may_decide ? (
          <Row>
            {offers.map((act) => (
              <Button key={act} look={act === "confirm_match" ? "primary" : "secondary"} icon={act === "confirm_match" ? "check" : act === "reject_match" ? "close" : "undo"} onClick={() => { setAsked(act); }}>
                {t(`tracing.${act}`)}
              </Button>
            ))}
          </Row>
        ) : (
          <p class={css.quiet}>{t("tracing.decision.not_yours")}</p>
        )}
      </Stack>
      {asked === null ? null : <Ask key={asked} act={asked} match={match} onClose={() => { setAsked(null); }} />}
    </Card>
  );
}

/** What follows, and why she decides so. */
function Ask({ act, match, onClose }: { act: MatchAct; match: MatchView; onClose: () => void }): JSX.Element {
  const source = useSource();
  const [note, setNote] = useState("");
  const [lacks, setLacks] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    const words = note.trim();
    // Who reads it later must understand why.
    if (words === "") {
      setLacks(true);
      return;
    }
    setBusy(true);
    setFailed(null);
    try {
      const outcome = await source.save(decide(act, match, words));
      if (outcome.state === "refused") {
        // She reads the reason here and has her words still: nothing is to wait in the outbox for her.
        await source.outbox.takeBack(outcome.item);
        setFailed([...new Set(outcome.problems.map((one) => textOfProblem(one, outcome.status)))].join(" "));
        return;
      }
      say(t(outcome.state === "confirmed" ? DONE[act] : "share.waiting"), { icon: outcome.state === "confirmed" ? "check" : "clock" });
      onClose();
    } catch (error) {
      setFailed(textOfError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      title={t(`tracing.${act}.title`)}
      onClose={onClose}
      actions={
        <Row>
          <Button look="primary" busy={busy} onClick={() => void go()}>
            {t(`tracing.${act}.do`)}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {t("tracing.cancel")}
          </Button>
        </Row>
      }
    >
      <Stack>
        <p>{t(`tracing.${act}.text`)}</p>
        <ul class={css.follows}>
          {[1, 2, 3].map((at) => (
            <li key={at}>{t(`tracing.${act}.follows.${String(at)}`)}</li>
          ))}
        </ul>
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
        <Field required label={t(`tracing.${act}.note`)} hint={t("tracing.note.hint")} error={lacks ? t("tracing.note.missing") : null}>
          {(attributes) => (
            <TextArea
              {...attributes}
              value={note}
              onValue={(value: string) => {
                setNote(value);
                if (value.trim() !== "") setLacks(false);
              }}
            />
          )}
        </Field>
      </Stack>
    </Sheet>
  );
}
