import type { JSX } from "preact";
import { useState } from "preact/compat";
import { Refusal, textOf } from "~/api";
import { t } from "~/lib/i18n";
import { navigate } from "~/lib/router";
import { useConfiguration } from "~/store/configuration";
import { Button, Card, Field, focusFirstWrong, Notice, Page, Row, Stack, TextArea, TextInput } from "~/ui";
import { Back } from "../parts";
import { FileDrop } from "./FileDrop";
import { forStewards } from "./parts";

/** A new set: what differs between production and here, fetched or from production's own signed file. */
function NewSetPage(): JSX.Element {
  const configuration = useConfiguration();
  const [title, setTitle] = useState("");
  const [reason, setReason] = useState("");
  const [state, setState] = useState<unknown>(null);
  const [apart, setApart] = useState(false);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setTried(true);
    if (title.trim() === "" || busy) return;
    setBusy(true);
    setFailed(null);
    try {
      const made = await configuration.openSet(title.trim(), reason.trim(), state);
      navigate(`/admin/changes/${made.id}`, { replace: true, force: true });
    } catch (error) {
      setFailed(textOf(error));
      if (error instanceof Refusal && error.code === "pair.unreachable") setApart(true);
      setBusy(false);
    }
  };
  return (
    <Page title={t("admin.changes.new")} narrow before={<Back to="/admin/changes" label={t("admin.changes.title")} />}>
      <p>{t("admin.changes.new.lead")}</p>
      <form
        noValidate
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
          focusFirstWrong(event.currentTarget);
        }}
      >
        <Card>
          <Stack>
            {failed === null ? null : (
              <Notice tone="danger" alert>
                {failed}
              </Notice>
            )}
            <Field label={t("admin.changes.name")} hint={t("admin.changes.name.hint")} required error={tried && title.trim() === "" ? t("admin.changes.name.missing") : null}>
              {(attributes) => <TextInput {...attributes} value={title} onValue={setTitle} />}
            </Field>
            <Field label={t("admin.configuration.reason")}>{(attributes) => <TextArea {...attributes} rows={3} value={reason} onValue={setReason} />}</Field>
            {apart ? (
              <FileDrop
                label={t("admin.changes.state_file")}
                hint={t("admin.changes.state_file.hint")}
                error={null}
                onRead={(_name, _text, read) => { setState(read); }}
              />
            ) : (
              <Row>
                <Button look="link" onClick={() => { setApart(true); }}>
                  {t("admin.changes.state_file.have")}
                </Button>
              </Row>
            )}
            <Row>
              <Button type="submit" look="primary" busy={busy}>
                {t("admin.changes.new.go")}
              </Button>
            </Row>
            {busy ? <p role="status">{t("admin.changes.new.wait")}</p> : null}
          </Stack>
        </Card>
      </form>
    </Page>
  );
}

export default forStewards(NewSetPage);
