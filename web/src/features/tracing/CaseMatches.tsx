import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { textOf } from "~/renderer/values";
import { LinkButton, Notice, Stack } from "~/ui";
import { Matches } from "./Matches";
import css from "./tracing.module.css";

/** The children looked for that this child may be. */
export default function CaseMatches({ id, data }: { id: string; data: JsonObject }): JSX.Element {
  const agreed = data["consent_for_tracing"];
  if (agreed !== true && agreed !== "true")
    return (
      <Notice tone="warn" title={t("tracing.no_consent.title")} actions={<LinkButton href={`/cases/${encodeURIComponent(id)}/consent`}>{t("tracing.no_consent.go")}</LinkButton>}>
        {t("tracing.no_consent.text")}
      </Notice>
    );
  const matched = textOf(data["matched_tracing_request_id"]);
  return (
    <Stack>
      <p class={css.quiet}>{t("tracing.of_case.text")}</p>
      {matched === "" ? null : <Notice title={t("tracing.matched", { request: matched })}>{t("tracing.matched.text")}</Notice>}
      <Matches side="cases" id={id} hrefOf={(trace) => `/cases/${encodeURIComponent(id)}/matches/${encodeURIComponent(trace)}`} />
    </Stack>
  );
}
