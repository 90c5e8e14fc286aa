import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/compat";
import { Refusal, textOf, type Shape } from "~/api";
import { t } from "~/lib/i18n";
import { useSource } from "~/store";
import { Alone, Button, Card, ErrorState, Muted, Notice, Skeleton, Stack } from "~/ui";
import styles from "./Conduct.module.css";
import { LanguageButtons } from "./SignIn";

/** Before anything else: what everybody here promises, to be read and accepted. */
export function Conduct(): JSX.Element {
  const source = useSource();
  const [conduct, setConduct] = useState<Shape<"Conduct"> | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const load = useCallback(async (): Promise<void> => {
    setFailed(null);
    try {
      setConduct(await source.conduct.read());
    } catch (reason) {
      setFailed(reason);
    }
  }, [source]);
  useEffect(() => void load(), [load]);
  const accept = async (id: number): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await source.conduct.accept(id);
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
          <h1>{t("conduct.heading")}</h1>
          <p>{t("conduct.why")}</p>
          {failed !== null ? (
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
