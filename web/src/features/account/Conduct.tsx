import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/compat";
import { Refusal, textOf, type Shape } from "~/api";
import { localized, t } from "~/lib/i18n";
import { useSource } from "~/store";
import type { Owed } from "~/store/conduct";
import { Alone, Button, Card, ErrorState, Muted, Notice, Skeleton, Stack } from "~/ui";
import styles from "./Conduct.module.css";
import { LanguageButtons } from "./SignIn";

/** Before anything else: what everybody here promises, and the terms of her agency, to be read and accepted. */
export function Conduct(): JSX.Element {
  const source = useSource();
  const [conduct, setConduct] = useState<Shape<"Conduct"> | null>(null);
  const [terms, setTerms] = useState<Owed | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const load = useCallback(async (): Promise<void> => {
    setFailed(null);
    try {
      const owed = await source.conduct.owed();
      setTerms(owed.what === "terms" ? owed : null);
      if (owed.what === "conduct") setConduct(await source.conduct.read());
    } catch (reason) {
      setFailed(reason);
    }
  }, [source]);
  useEffect(() => void load(), [load]);
  const accept = async (id: number | null): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const owed = await (id === null ? source.conduct.acceptTerms() : source.conduct.accept(id));
      setTerms(owed.what === "terms" ? owed : null);
      setBusy(false);
      if (owed.what === "conduct") await load();
    } catch (reason) {
      const isNew = reason instanceof Refusal && reason.code === "user.code_of_conduct.not_current";
      setError(isNew ? t("conduct.changed") : textOf(reason));
      setBusy(false);
      if (isNew) await load();
    }
  };
  return (
    <Alone>
      <Card>
        <Stack>
          <h1>{t(terms === null ? "conduct.heading" : "terms.heading")}</h1>
          <p>{t(terms === null ? "conduct.why" : "terms.why")}</p>
          {terms !== null ? <Terms terms={terms} busy={busy} error={error} onAccept={() => void accept(null)} /> : failed !== null ? (
            <ErrorState onRetry={() => void load()}>{textOf(failed)}</ErrorState>
          ) : conduct === null ? (
            <Skeleton rows={6} />
          ) : (
            <>
              <article dir="auto" className={styles.text}>
                <h2>{conduct.title}</h2>
                {conduct.content.split(/\n\s*\n/).map((part, index) => (
                  <p key={index}>{part.trim()}</p>
                ))}
              </article>
              {error ? (
                <Notice tone="danger" alert>
                  {error}
                </Notice>
              ) : null}
              <Button look="primary" wide busy={busy} onClick={() => void accept(conduct.id)}>
                {t("conduct.accept")}
              </Button>
            </>
          )}
          <Muted small>{t("conduct.safe")}</Muted>
          <div>
            <Button look="link" onClick={() => void source.signOut()}>
              {t("shell.sign_out")}
            </Button>
          </div>
        </Stack>
      </Card>
      <LanguageButtons />
    </Alone>
  );
}

/** The paper is opened first; then it can be accepted. */
function Terms({ terms, busy, error, onAccept }: { terms: Owed; busy: boolean; error: string | null; onAccept: () => void }): JSX.Element {
  const words = localized(terms.words);
  const [opened, setOpened] = useState(false);
  return (
    <>
      {words ? (
        <p dir="auto" className={styles.text}>
          {words}
        </p>
      ) : null}
      <a href={terms.paper} download onClick={() => { setOpened(true); }}>
        {t("terms.open")}
      </a>
      {error ? (
        <Notice tone="danger" alert>
          {error}
        </Notice>
      ) : null}
      {opened ? null : <Muted small>{t("terms.first")}</Muted>}
      <Button look="primary" wide busy={busy} disabled={!opened} onClick={onAccept}>
        {t("terms.accept")}
      </Button>
    </>
  );
}
