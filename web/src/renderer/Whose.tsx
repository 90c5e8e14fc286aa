import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Code, Icon, LinkButton, Muted, Row } from "~/ui";
import type { Data } from "./types";
import { textOf } from "./values";

const MASK = /^\*+$/;

/** Whose case a line is about: the child's name where it may be seen, and the code. */
export function Whose({ data }: { data: Data }): JSX.Element {
  const name = textOf(data["name"]);
  const hidden = MASK.test(name) || (name === "" && data["hidden_name"] === true);
  const code = textOf(data["case_id_display"]) || textOf(data["short_id"]);
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

/** The way back from a page about a case to the case. */
export function BackToCase({ id }: { id: string }): JSX.Element {
  return (
    <Row>
      <LinkButton look="quiet" icon="back" href={`/cases/${encodeURIComponent(id)}`}>
        {t("share.back")}
      </LinkButton>
    </Row>
  );
}
