import type { ComponentType, JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { formatMoment, hasMessage, t } from "~/lib/i18n";
import type { Params } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import type { Side, VersionView } from "~/store/configuration";
import { Button, Field, focusFirstWrong, Notice, Page, Row, Skeleton, Stack, TextArea, type ButtonLook, type IconName } from "~/ui";
import { NotYours } from "../parts";

/** For whoever may manage configurations; the server refuses the others anyway. */
export function forStewards(Screen: ComponentType<{ params: Params }>): ComponentType<{ params: Params }> {
  return function Guarded({ params }) {
    const me = useResource(useSource().me(), 300).value;
    if (mayDo(me, "primero_configurations", "manage")) return <Screen params={params} />;
    return <Page title={t("admin.configuration.title")}>{me === null ? <Skeleton rows={4} blocks /> : <NotYours />}</Page>;
  };
}

/** A hash as people compare it: its beginning. */
export function short(hash: string): string {
  return hash.slice(0, 12);
}

/** A number of a version, or what holds now, out of an address. */
export function sideOf(text: string | undefined): Side | null {
  if (text === "now") return "now";
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

export function sideName(side: Side): string {
  return side === "now" ? t("admin.configuration.now") : t("admin.configuration.version", { number: side });
}

/** How a version came to be. */
export function causeWords(cause: string): string {
  const key = `admin.configuration.cause.${cause}`;
  return hasMessage(key) ? t(key) : cause;
}

/** When and by whom; an operator at the machine has no name here. */
export function byWhom(version: Pick<VersionView, "at" | "by">): string {
  return version.by === null ? t("admin.configuration.by_operator", { at: formatMoment(version.at) }) : t("admin.configuration.by", { at: formatMoment(version.at), name: version.by });
}

interface ReasonFormProps {
  label: string;
  hint?: string;
  /** The words of the button. */
  go: string;
  icon?: IconName;
  look?: ButtonLook;
  blocked?: boolean;
  onSend: (reason: string) => Promise<void>;
}

/** Why something is done, and doing it. */
export function ReasonForm({ label, hint, go, icon, look = "primary", blocked, onSend }: ReasonFormProps): JSX.Element {
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const empty = reason.trim() === "";
  const send = async (): Promise<void> => {
    setTried(true);
    if (empty || busy) return;
    setBusy(true);
    setFailed(null);
    try {
      await onSend(reason.trim());
    } catch (error) {
      setFailed(textOf(error));
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
        focusFirstWrong(event.currentTarget);
      }}
    >
      <Stack gap={3}>
        {failed === null ? null : (
          <Notice tone="danger" alert>
            {failed}
          </Notice>
        )}
        <Field label={label} {...(hint === undefined ? {} : { hint })} required error={tried && empty ? t("admin.configuration.reason.missing") : null}>
          {(attributes) => <TextArea {...attributes} rows={2} value={reason} onValue={setReason} />}
        </Field>
        <Row>
          <Button type="submit" look={look} busy={busy} disabled={blocked === true} {...(icon === undefined ? {} : { icon })}>
            {go}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}

interface ActProps {
  label: string;
  icon?: IconName;
  look?: ButtonLook;
  disabled?: boolean;
  /** Said while it lasts. */
  wait?: string;
  onAct: () => Promise<void>;
}

/** Something done over the network by one button, and what went wrong beside it. */
export function Act({ label, icon, look, disabled, wait, onAct }: ActProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const act = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      await onAct();
    } catch (error) {
      setFailed(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap={2}>
      <Row>
        <Button busy={busy} disabled={disabled === true} {...(icon === undefined ? {} : { icon })} {...(look === undefined ? {} : { look })} onClick={() => void act()}>
          {label}
        </Button>
      </Row>
      {wait === undefined ? null : <span role="status">{busy ? wait : ""}</span>}
      {failed === null ? null : (
        <Notice tone="danger" alert>
          {failed}
        </Notice>
      )}
    </Stack>
  );
}

/** Saved by the browser as a file. */
export function offer(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 60_000);
}
