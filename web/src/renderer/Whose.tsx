import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Code, Icon, LinkButton, Muted, Row } from "~/ui";
import type { Kind } from "~/store/types";
import { codeOf, nameOf, said } from "./kindWords";
import type { Data } from "./types";

/** Whom a line is about: the name where it may be seen, and the code. */
export function Whose({ data, kind = "cases" }: { data: Data; kind?: Kind }): JSX.Element {
  const { text: name, masked } = nameOf(data, kind);
  const hidden = masked || (name === "" && data["hidden_name"] === true);
  const code = codeOf(data, kind);
  return (
    <>
      {hidden ? (
        <>
          <Icon name="eyeOff" size={16} /> {t("cases.name.hidden")}
        </>
      ) : name === "" ? (
        <Muted>{said(kind, "cases.name.none")}</Muted>
      ) : (
        <bdi>{name}</bdi>
      )}{" "}
      <Muted small>
        <Code>{code}</Code>
      </Muted>
    </>
  );
}

/** The way back from a page about a record to the record. */
export function BackToRecord({ id, kind = "cases" }: { id: string; kind?: Kind }): JSX.Element {
  return (
    <Row>
      <LinkButton look="quiet" icon="back" href={`/${kind}/${encodeURIComponent(id)}`}>
        {said(kind, "share.back")}
      </LinkButton>
    </Row>
  );
}
