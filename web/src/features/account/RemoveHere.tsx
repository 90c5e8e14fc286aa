import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { t } from "~/lib/i18n";
import { useSource } from "~/store";
import { Button, Field, Notice, Row, Sheet, Stack, TextInput } from "~/ui";

/** Takes everything of an account off this device; without `userName` the name is asked. Says plainly what happens to unsent work. */
export function RemoveHere({ userName, open, onClose }: { userName?: string; open: boolean; onClose: () => void }): JSX.Element {
  const source = useSource();
  const [name, setName] = useState(userName ?? "");
  const [lost, setLost] = useState<number | null>(null);
  const [handedOver, setHandedOver] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const remove = async (): Promise<void> => {
    if (busy) return;
    if (name.trim() === "") {
      setMissing(true);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const done = await source.safety.remove(name, lost !== null);
      if (done.state === "unsent") setLost(done.count);
      else setHandedOver(done.handedOver);
    } catch (reason) {
      setError(textOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const close = (): void => {
    setLost(null);
    setHandedOver(null);
    onClose();
  };
  return (
    <Sheet centre open={open} title={t("vault.remove.title")} onClose={close}>
      {handedOver !== null ? (
        <Notice tone="ok" alert>
          {t("vault.remove.done", { count: handedOver })}
        </Notice>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void remove();
          }}
        >
          <Stack>
            <p>{t("vault.remove.text")}</p>
            {error ? (
              <Notice tone="danger" alert>
                {error}
              </Notice>
            ) : null}
            {userName === undefined ? (
              <Field label={t("signin.name")} error={missing && name.trim() === "" ? t("signin.name.missing") : null}>
                {(attributes) => (
                  <TextInput
                    {...attributes}
                    dir="ltr"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck={false}
                    value={name}
                    onValue={(text) => {
                      setName(text);
                      setLost(null);
                    }}
                  />
                )}
              </Field>
            ) : null}
            {lost !== null ? (
              <Notice tone="danger" alert>
                {t("vault.remove.unsent", { count: lost })}
              </Notice>
            ) : null}
            <Row end>
              <Button onClick={close}>{t("vault.remove.keep")}</Button>
              <Button type="submit" look="danger" busy={busy}>
                {t(lost === null ? "vault.remove.go" : "vault.remove.anyway")}
              </Button>
            </Row>
          </Stack>
        </form>
      )}
    </Sheet>
  );
}
