import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import type { JsonObject } from "~/lib/json";
import { Code, Icon, Muted } from "~/ui";

const MASK = /^\*+$/;

/** The child's name, or the sign that it is hidden from this list, with the code of the case. */
export function CaseTitle({ data }: { data: JsonObject }): JSX.Element {
  const name = typeof data["name"] === "string" ? data["name"] : "";
  const code = String(data["case_id_display"] ?? data["short_id"] ?? "");
  const hidden = MASK.test(name) || (name === "" && data["hidden_name"] === true);
  return (
    <>
      {hidden ? (
        <>
          <Icon name="eyeOff" size={16} /> {t("cases.name.hidden")}
        </>
      ) : name === "" ? (
        <Muted>{t("cases.name.none")}</Muted>
      ) : (
        <bdi>{name}</bdi>
      )}{" "}
      <Muted small>
        <Code>{code}</Code>
      </Muted>
    </>
  );
}
