import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { t } from "~/lib/i18n";
import { useResource, useSource } from "~/store";
import { Button, Card, Field, Muted, Notice, Row, Select, Sheet, Stack } from "~/ui";

type User = Shape<"User">;
export const MOST_AT_ONCE = 100;
const ACTS = ["off", "on", "role", "join", "leave"] as const;
type Act = (typeof ACTS)[number];

interface Result {
  user: User;
  wrong: string | null;
}

interface ManyUsersProps {
  chosen: readonly User[];
  onClear: () => void;
  /** Something was changed: the list is asked for anew. */
  onDone: () => void;
}

/** One thing for several accounts: each is changed by itself, and each says what became of it. */
export function ManyUsers({ chosen, onClear, onDone }: ManyUsersProps): JSX.Element | null {
  const source = useSource();
  const roles = useResource(source.admin.roles(), 300).value ?? [];
  const groups = useResource(source.admin.groups(), 300).value ?? [];
  const [act, setAct] = useState<Act | null>(null);
  const [to, setTo] = useState("");
  const [at, setAt] = useState<number | null>(null);
  const [results, setResults] = useState<readonly Result[] | null>(null);
  if (chosen.length === 0 && results === null) return null;
  const needs = act === "role" || act === "join" || act === "leave";
  const options = act === "role" ? roles.filter((role) => !role.disabled).map((role) => ({ value: role.unique_id, label: role.name })) : groups.filter((group) => !group.disabled || act === "leave").map((group) => ({ value: group.unique_id, label: group.name }));
  const run = async (): Promise<void> => {
    if (act === null || (needs && to === "")) return;
    const told: Result[] = [];
    for (const [place, user] of chosen.entries()) {
      setAt(place + 1);
      let wrong: string | null = null;
      try {
        await source.admin.change("users", user.id, wanted(act, to, user));
      } catch (error) {
        wrong = textOf(error);
      }
      told.push({ user, wrong });
    }
    setAt(null);
    setAct(null);
    setTo("");
    setResults(told);
    onClear();
    onDone();
  };
  const failed = results?.filter((one) => one.wrong !== null) ?? [];
  return (
    <Card label={t("admin.users.many")}>
      <Stack gap={3}>
        {chosen.length > 0 ? (
          <>
            <Row between>
              <strong role="status">{t("admin.users.chosen", { count: chosen.length })}</strong>
              <Button look="quiet" onClick={onClear}>
                {t("admin.users.choose_none")}
              </Button>
            </Row>
            <Row>
              {ACTS.map((one) => (
                <Button
                  key={one}
                  onClick={() => {
                    setResults(null);
                    setTo("");
                    setAct(one);
                  }}
                >
                  {t(`admin.users.many.${one}`)}
                </Button>
              ))}
            </Row>
          </>
        ) : null}
        {results === null ? null : (
          <Notice
            tone={failed.length > 0 ? "warn" : "ok"}
            alert
            actions={
              <Button
                onClick={() => {
                  setResults(null);
                }}
              >
                {t("ui.close")}
              </Button>
            }
          >
            {t("admin.users.many.done", { count: results.length - failed.length })}
            {failed.length > 0 ? (
              <ul>
                {failed.map(({ user, wrong }) => (
                  <li key={user.id}>
                    <strong>
                      <bdi>{user.full_name}</bdi>
                    </strong>
                    {": "}
                    {wrong}
                  </li>
                ))}
              </ul>
            ) : null}
          </Notice>
        )}
      </Stack>
      <Sheet
        open={act !== null}
        centre
        firm={at !== null}
        title={act === null ? "" : t(`admin.users.many.${act}`)}
        onClose={() => {
          if (at === null) setAct(null);
        }}
        actions={
          <Row>
            <Button look={act === "off" ? "danger" : "primary"} busy={at !== null} disabled={needs && to === ""} onClick={() => void run()}>
              {t("admin.users.many.go", { count: chosen.length })}
            </Button>
            <Button
              disabled={at !== null}
              onClick={() => {
                setAct(null);
              }}
            >
              {t("admin.cancel")}
            </Button>
          </Row>
        }
      >
        <Stack>
          {act === "off" ? <p>{t("admin.user.off.text")}</p> : null}
          {act === "off" ? <Notice>{t("admin.user.off.cases_unknown")}</Notice> : null}
          {needs ? (
            <Field label={t(act === "role" ? "admin.role" : "admin.group")} required>
              {(attributes) => <Select {...attributes} value={to} options={options} onValue={setTo} />}
            </Field>
          ) : null}
          <Muted small>{t("admin.users.many.each")}</Muted>
          <span role="status">{at === null ? "" : t("admin.users.many.progress", { at, count: chosen.length })}</span>
        </Stack>
      </Sheet>
    </Card>
  );
}

function wanted(act: Act, to: string, user: User): Shape<"UserWrite"> {
  const groups = user.user_group_unique_ids;
  switch (act) {
    case "off":
      return { disabled: true };
    case "on":
      return { disabled: false };
    case "role":
      return { role_unique_id: to };
    case "join":
      return { user_group_unique_ids: [...new Set([...groups, to])] };
    case "leave":
      return { user_group_unique_ids: groups.filter((one) => one !== to) };
  }
}
