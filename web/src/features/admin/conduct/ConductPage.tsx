import type { JSX } from "preact";
import { useState } from "preact/compat";
import { formatMoment, t } from "~/lib/i18n";
import { navigate, usePlace } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import { ACCEPTANCES_PER_PAGE } from "~/store/tables";
import { Badge, Card, Chip, ChipRow, Code, EmptyState, LinkButton, Muted, Notice, Page, Pager, Records, say, Stack } from "~/ui";
import { AdminForm, type Answers } from "../AdminForm";
import { forDoers } from "../lookups/guard";
import { Back, Loaded } from "../parts";
import { useTables } from "../tables";
import css from "./conduct.module.css";

/** What everybody here promises: the text that holds, those before it, and who has accepted. */
function ConductPage(): JSX.Element {
  const source = useSource();
  const tables = useTables();
  const me = useResource(source.me(), 300).value;
  const settings = useResource(source.settings(), 30).value;
  const isAsked = settings?.system_options["code_of_conduct_enabled"] === true;
  return (
    <Page title={t("admin.conduct.title")} narrow before={<Back to="/admin" label={t("admin.title")} />}>
      <Loaded from={tables.conducts()} maxAge={5}>
        {(texts) => {
          const current = texts.find((one) => one.current) ?? null;
          return (
            <Stack>
              {settings === null ? null : (
                <Notice
                  tone={isAsked ? "ok" : "warn"}
                  actions={mayDo(me, "systems", "manage") ? <LinkButton href="/admin/settings/acceptance">{t("admin.settings.group.acceptance")}</LinkButton> : undefined}
                >
                  {t(isAsked ? "admin.conduct.asked" : "admin.conduct.not_asked")}
                </Notice>
              )}
              <section>
                <Stack gap={3}>
                  <h2>{t(current === null ? "admin.conduct.first" : "admin.conduct.holds")}</h2>
                  {current === null ? null : <Muted small>{t("admin.conduct.by", { name: `\u2068${current.created_by}\u2069`, when: formatMoment(current.created_on) })}</Muted>}
                  <Muted small>{t("admin.conduct.new_asks")}</Muted>
                  <AdminForm
                    key={current?.id ?? 0}
                    asks={[
                      { name: "title", kind: "text", label: t("admin.conduct.name"), required: true },
                      { name: "content", kind: "area", label: t("admin.conduct.text"), hint: t("admin.conduct.text.hint"), required: true },
                    ]}
                    before={{ title: current?.title ?? "", content: current?.content ?? "" }}
                    saveLabel={t("admin.conduct.publish")}
                    onSave={async (_: Answers, all: Answers) => {
                      await tables.publishConduct({ title: String(all["title"]), content: String(all["content"]) });
                      void source.settings().refresh();
                      say(t("admin.conduct.published"), { icon: "check" });
                    }}
                  />
                </Stack>
              </section>
              {texts.length > 1 ? (
                <Card label={t("admin.conduct.history")}>
                  <Stack gap={3}>
                    <h2>{t("admin.conduct.history")}</h2>
                    {texts.map((one) => (
                      <details key={one.id} class={css.version}>
                        <summary>
                          <strong>
                            <bdi>{one.title}</bdi>
                          </strong>{" "}
                          {one.current ? (
                            <Badge icon="check" tone="ok">
                              {t("admin.conduct.current")}
                            </Badge>
                          ) : null}{" "}
                          <Muted small>
                            {t("admin.conduct.by", { name: `\u2068${one.created_by}\u2069`, when: formatMoment(one.created_on) })} · {t("admin.conduct.accepted_count", { count: one.accepted })}
                          </Muted>
                        </summary>
                        <div class={css.text} dir="auto">
                          {one.content}
                        </div>
                      </details>
                    ))}
                  </Stack>
                </Card>
              ) : null}
              {current !== null && mayDo(me, "users", "read") ? <Acceptances /> : null}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

const STATES = ["any", "true", "false"] as const;

/** Who accepted the text that holds, and who has still to. */
function Acceptances(): JSX.Element {
  const tables = useTables();
  const { query } = usePlace();
  const [state, setState] = useState<(typeof STATES)[number]>("any");
  const page = Math.max(1, Number(query.get("page")) || 1);
  return (
    <Card label={t("admin.conduct.who")}>
      <Stack gap={3}>
        <h2>{t("admin.conduct.who")}</h2>
        <ChipRow label={t("admin.state")}>
          {STATES.map((one) => (
            <Chip
              key={one}
              pressed={one === state}
              onClick={() => {
                setState(one);
                navigate("/admin/conduct", { replace: true, keepScroll: true });
              }}
            >
              {t(`admin.conduct.state.${one}`)}
            </Chip>
          ))}
        </ChipRow>
        <Loaded from={tables.acceptances({ accepted: state === "any" ? null : state === "true", page })} maxAge={5}>
          {({ items, total, accepted, owing }) => (
            <Stack gap={3}>
              <span role="status">
                <Muted>{t("admin.conduct.counted", { accepted, owing })}</Muted>
              </span>
              {items.length === 0 ? (
                <EmptyState icon="user" title={t("admin.users.none")} />
              ) : (
                <Records
                  label={t("admin.conduct.who")}
                  rows={items}
                  keyOf={(one) => String(one.id)}
                  hrefOf={(one) => `/admin/users/${String(one.id)}`}
                  title={(one) => <bdi>{one.full_name}</bdi>}
                  titleLabel={t("admin.full_name")}
                  marks={(one) =>
                    one.accepted_on === null ? (
                      <Badge icon="clock" tone="warn">
                        {t("admin.conduct.state.false")}
                      </Badge>
                    ) : (
                      <Badge icon="check" tone="ok">
                        {t("admin.conduct.state.true")}
                      </Badge>
                    )
                  }
                  marksLabel={t("admin.state")}
                  columns={[
                    { id: "user_name", label: t("admin.user_name"), cell: (one) => <Code>{one.user_name}</Code> },
                    { id: "when", label: t("admin.conduct.when"), cell: (one) => (one.accepted_on === null ? "" : formatMoment(one.accepted_on)) },
                  ]}
                />
              )}
              <Pager page={page} pages={Math.ceil(total / ACCEPTANCES_PER_PAGE)} hrefOf={(one) => `/admin/conduct?page=${String(one)}`} />
            </Stack>
          )}
        </Loaded>
      </Stack>
    </Card>
  );
}

export default forDoers("codes_of_conduct", ["manage"], ConductPage);
