import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { formatMoment, t } from "~/lib/i18n";
import { mayDo, useResource, useSource } from "~/store";
import { invitationsOf, MOST_INVITED, type Arrival } from "~/store/invitations";
import { Badge, Button, Card, Checkbox, Code, Facts, LinkButton, Link, List, Muted, Notice, Page, PlainRow, Row, say, Stack, type IconName, type Tone } from "~/ui";
import { Back, forReaders, Loaded } from "./parts";

type State = NonNullable<Arrival["invitation"]>["state"];
const LOOKS: Record<State, { tone: Tone; icon: IconName }> = {
  waiting: { tone: "plain", icon: "clock" },
  sent: { tone: "plain", icon: "clock" },
  delivered: { tone: "plain", icon: "check" },
  opened: { tone: "plain", icon: "eye" },
  used: { tone: "ok", icon: "check" },
  failed: { tone: "danger", icon: "alert" },
  revoked: { tone: "warn", icon: "lock" },
  over: { tone: "warn", icon: "clock" },
};
const MOMENTS = ["invited_at", "sent_at", "delivered_at", "failed_at", "opened_at", "used_at", "revoked_at", "expires_at"] as const;

function StateOfInvitation({ state }: { state: State }): JSX.Element {
  return (
    <Badge tone={LOOKS[state].tone} icon={LOOKS[state].icon}>
      {t(`admin.invitations.state.${state}`)}
    </Badge>
  );
}

/** How somebody came in, or did not yet: what is known of her invitation, and inviting her, again if need be. */
export function InvitationCard({ user }: { user: Shape<"User"> }): JSX.Element {
  const store = invitationsOf(useSource());
  return (
    <Card label={t("admin.invitations.title")}>
      <Loaded from={store.of(user.id)} maxAge={5}>
        {(arrival) => <Told user={user} arrival={arrival} />}
      </Loaded>
    </Card>
  );
}

function Told({ user, arrival }: { user: Shape<"User">; arrival: Arrival }): JSX.Element {
  const store = invitationsOf(useSource());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { invitation } = arrival;
  const own = arrival.own_password_at ?? null;
  const facts: [string, JSX.Element][] = [];
  const add = (label: string, at: string | null | undefined): void => {
    if (at) facts.push([label, <time dateTime={at}>{formatMoment(at)}</time>]);
  };
  const done = invitation && (invitation.used_at || invitation.revoked_at);
  for (const name of MOMENTS) if (invitation && (name !== "expires_at" || !done)) add(t(`admin.invitations.${name}`), invitation[name]);
  add(t("admin.invitations.came_in"), own);
  add(t("admin.invitations.first_sign_in"), arrival.first_sign_in_at);
  const invite = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const [told] = await store.invite([user.id]);
      if (told?.code) setError(t(told.code));
      else say(t("admin.invitations.invited"), { icon: "check" });
    } catch (reason) {
      setError(textOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap={3}>
      <Row between>
        <h3>{t("admin.invitations.title")}</h3>
        {invitation ? <StateOfInvitation state={invitation.state} /> : null}
      </Row>
      {invitation?.state === "failed" && invitation.failure ? <Notice tone="danger">{t(`admin.invitations.failed.${invitation.failure}`)}</Notice> : null}
      {invitation && invitation.address === "" ? <Muted>{t("admin.invitations.by_operator")}</Muted> : null}
      {!invitation && own === null ? <Muted>{t("admin.invitations.none")}</Muted> : null}
      {facts.length > 0 ? <Facts items={facts} /> : null}
      {error ? (
        <Notice tone="danger" alert>
          {error}
        </Notice>
      ) : null}
      {own === null && !user.disabled ? (
        <Row>
          {user.email ? (
            <Button icon="key" busy={busy} onClick={() => void invite()}>
              {t(invitation ? "admin.invitations.again" : "admin.invitations.invite")}
            </Button>
          ) : (
            <Muted>{t("invitation.no_address")}</Muted>
          )}
        </Row>
      ) : null}
    </Stack>
  );
}

/** On the page of all people: who has not come in, and whose invitation did not arrive. */
export function NotComeIn(): JSX.Element | null {
  const { value } = useResource(invitationsOf(useSource()).waiting(), 30);
  if (value === null || value.length === 0) return null;
  const failed = value.filter((one) => one.invitation?.state === "failed").length;
  return (
    <Notice tone={failed > 0 ? "danger" : "info"} actions={<LinkButton href="/admin/invitations">{t("admin.invitations.waiting.show")}</LinkButton>}>
      {failed > 0 ? t("admin.invitations.waiting.failed", { count: failed }) : t("admin.invitations.waiting.text", { count: value.length })}
    </Notice>
  );
}

/** Those who have not chosen a password of their own yet, to be invited one by one or together. */
function InvitationsPage(): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const store = invitationsOf(source);
  return (
    <Page title={t("admin.invitations.waiting.title")} narrow before={<Back to="/admin/users" label={t("admin.users.title")} />}>
      {me !== null && mayDo(me, "users", "write") ? <Loaded from={store.waiting()} maxAge={5}>{(people) => <Waiting people={people} />}</Loaded> : null}
    </Page>
  );
}

function Waiting({ people }: { people: readonly Arrival[] }): JSX.Element {
  const store = invitationsOf(useSource());
  const [chosen, choose] = useState<ReadonlySet<number>>(new Set());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [refused, setRefused] = useState<ReadonlyMap<number, string>>(new Map());
  if (people.length === 0) return <Notice tone="ok">{t("admin.invitations.waiting.nobody")}</Notice>;
  const invite = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const told = await store.invite([...chosen]);
      setRefused(new Map(told.flatMap((one) => (one.code ? [[one.user_id, t(one.code)] as const] : []))));
      say(t("admin.invitations.result", { count: told.filter((one) => one.invited).length }), { icon: "check" });
      choose(new Set());
    } catch (reason) {
      setError(textOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const toggle = (id: number): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <Stack>
      {error ? (
        <Notice tone="danger" alert>
          {error}
        </Notice>
      ) : null}
      <Row between>
        <strong role="status">{t("admin.invitations.chosen", { count: chosen.size })}</strong>
        <Row>
          <Button
            onClick={() => {
              choose(new Set(people.slice(0, MOST_INVITED).map((one) => one.user_id)));
            }}
          >
            {t("admin.invitations.choose_all")}
          </Button>
          <Button look="primary" icon="key" busy={busy} disabled={chosen.size === 0} onClick={() => void invite()}>
            {t("admin.invitations.invite_chosen")}
          </Button>
        </Row>
      </Row>
      <List label={t("admin.invitations.waiting.title")}>
        {people.map((one) => (
          <PlainRow key={one.user_id} end={one.invitation ? <StateOfInvitation state={one.invitation.state} /> : <Muted>{t("admin.invitations.none")}</Muted>}>
            <Checkbox
              checked={chosen.has(one.user_id)}
              onChecked={() => {
                toggle(one.user_id);
              }}
              label={<bdi>{one.full_name}</bdi>}
            />{" "}
            <Link href={`/admin/users/${String(one.user_id)}`}>
              <Code>{one.user_name}</Code>
            </Link>
            {refused.has(one.user_id) ? <Notice tone="warn">{refused.get(one.user_id)}</Notice> : null}
          </PlainRow>
        ))}
      </List>
    </Stack>
  );
}

export default forReaders(["users"], InvitationsPage);
