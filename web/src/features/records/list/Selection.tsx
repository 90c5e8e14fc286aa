import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf } from "~/api";
import { t } from "~/lib/i18n";
import { useOnline } from "~/lib/online";
import { navigate } from "~/lib/router";
import { said } from "~/renderer/kindWords";
import { bulkActs, useResource, useSource, type Kind, type Search } from "~/store";
import { ActionBar, Button, say } from "~/ui";

/** What is chosen of a list: some records by their ids, or all that the filters leave. */
export type Chosen = "all" | ReadonlySet<string>;

export interface SelectionBarProps {
  kind: Kind;
  chosen: Chosen;
  total: number;
  totalExact: boolean;
  body: Search;
  columns: readonly string[];
  maySave: boolean;
  onChosen: (chosen: Chosen) => void;
  onEnd: () => void;
}

/** How many are chosen, and what can be done with them; at the foot of the screen while she goes through the list. */
export function SelectionBar({ kind, chosen, total, totalExact, body, columns, maySave, onChosen, onEnd }: SelectionBarProps): JSX.Element {
  const source = useSource();
  const me = useResource(source.me(), 300).value;
  const online = useOnline();
  const count = chosen === "all" ? total : chosen.size;
  const act = (): void => {
    source.bulk.choose({ cases: chosen === "all" ? { search: body } : { ids: [...chosen] }, count, ...(chosen === "all" && !totalExact ? { about: true } : {}) });
    navigate("/bulk/new");
  };
  return (
    <ActionBar>
      <span role="status">{chosen === "all" && !totalExact ? said(kind, "lists.chosen.about", { count }) : said(kind, "lists.chosen", { count })}</span>
      {chosen === "all" ? null : (
        <Button
          onClick={() => {
            onChosen("all");
          }}
        >
          {t("lists.choose_all", { count: total })}
        </Button>
      )}
      {kind === "cases" && bulkActs(me).length > 0 ? (
        <Button look="primary" icon="people" disabled={count === 0 || !online} onClick={act}>
          {t("bulk.act")}
        </Button>
      ) : null}
      {maySave ? <ExcelButton kind={kind} body={chosen === "all" ? body : { ...body, id: [...chosen] }} columns={columns} disabled={count === 0} /> : null}
      <Button icon="close" onClick={onEnd}>
        {t("lists.choose.end")}
      </Button>
    </ActionBar>
  );
}

/** The list as a spreadsheet; the file is named by no child. */
export function ExcelButton({ kind, body, columns, disabled = false }: { kind: Kind; body: Search; columns: readonly string[]; disabled?: boolean }): JSX.Element {
  const { lists } = useSource();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      const address = URL.createObjectURL(await lists.sheet(kind, body, columns));
      const link = document.createElement("a");
      link.href = address;
      link.download = `${kind}.xlsx`;
      link.click();
      URL.revokeObjectURL(address);
      say(t("lists.excel.saved"));
    } catch (error) {
      say(textOf(error), { icon: "alert" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button icon="download" busy={busy} disabled={disabled} onClick={() => void save()}>
      {t("lists.excel")}
    </Button>
  );
}
