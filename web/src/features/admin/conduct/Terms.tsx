import type { JSX } from "preact";
import { useRef, useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { useResource, useSource } from "~/store";
import { Button, Card, Checkbox, Muted, Notice, Row, say, Stack } from "~/ui";

const LARGEST = 10 * 1024 * 1024;

/** The paper that everybody of an agency accepts: put here, looked at, taken away. */
export function Terms({ agency, closed }: { agency: Shape<"Agency">; closed: boolean }): JSX.Element {
  const source = useSource();
  const enforced = useResource(source.settings(), 30).value?.system_options["enforce_terms_of_use"] === true;
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const change = async (data: Shape<"AgencyWrite">, done: string): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      await source.admin.change("agencies", agency.id, data);
      say(done, { icon: "check" });
    } catch (reason) {
      setFailed(textOf(reason));
    } finally {
      setBusy(false);
      if (input.current) input.current.value = "";
    }
  };
  const choose = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (file.size > LARGEST) {
      setFailed(t("terms_of_use.too_large", { most: 10 }));
      return;
    }
    await change({ terms_of_use_base64: base64(new Uint8Array(await file.arrayBuffer())), terms_of_use_file_name: file.name }, t("admin.terms.kept"));
  };
  const uploaded = agency.terms_of_use_uploaded_at ?? null;
  return (
    <Card label={t("admin.terms.title")}>
      <Stack gap={3}>
        <h2>{t("admin.terms.title")}</h2>
        <Muted small>{t(enforced ? "admin.terms.enforced" : "admin.terms.not_enforced")}</Muted>
        {failed ? (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        ) : null}
        <Checkbox
          checked={agency.terms_of_use_enabled}
          disabled={closed || busy}
          label={t("admin.terms.on")}
          onChecked={(on) => {
            void change({ terms_of_use_enabled: on }, t("admin.saved"));
          }}
        />
        {agency.terms_of_use_enabled && uploaded === null && enforced ? <Notice tone="warn">{t("admin.terms.missing")}</Notice> : null}
        <p>
          {uploaded === null ? (
            t("admin.terms.none")
          ) : (
            <>
              {t("admin.terms.since", { when: formatMoment(uploaded) })} <a href={agency.terms_of_use ?? ""}>{t("terms.open")}</a>
            </>
          )}
        </p>
        {closed ? null : (
          <Row>
            <input ref={input} class="visually-hidden" type="file" accept="application/pdf,.pdf" aria-label={t("admin.terms.choose")} tabIndex={-1} onChange={(event) => void choose(event.currentTarget.files?.[0])} />
            <Button
              icon="plus"
              busy={busy}
              onClick={() => {
                input.current?.click();
              }}
            >
              {t(uploaded === null ? "admin.terms.choose" : "admin.terms.replace")}
            </Button>
            {uploaded === null ? null : (
              <Button disabled={busy} onClick={() => void change({ terms_of_use_base64: "" }, t("admin.terms.taken_away"))}>
                {t("admin.terms.take_away")}
              </Button>
            )}
          </Row>
        )}
        <div>
          <Muted small>{t("admin.terms.asked")}</Muted>
        </div>
      </Stack>
    </Card>
  );
}

/** Bytes as text, piece by piece: a call takes only so many arguments. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}
