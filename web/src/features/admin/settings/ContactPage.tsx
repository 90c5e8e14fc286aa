import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Page, say } from "~/ui";
import { AdminForm, type Answers, type Ask } from "../AdminForm";
import { forDoers } from "../lookups/guard";
import { Back, Loaded } from "../parts";
import { useTables } from "../tables";

const ASKED = [
  ["name", "text", false],
  ["position", "text", false],
  ["organization", "text", false],
  ["phone", "text", true],
  ["email", "text", true],
  ["location", "text", false],
  ["support_forum", "text", true],
  ["other_information", "area", false],
] as const;

/** Whom people here turn to when something does not work. */
function ContactPage(): JSX.Element {
  const tables = useTables();
  return (
    <Page title={t("admin.contact.title")} narrow before={<Back to="/admin" label={t("admin.title")} />}>
      <Loaded from={tables.contact()} maxAge={5}>
        {(contact) => (
          <AdminForm
            asks={ASKED.map(([name, kind, ltr]): Ask => ({ name, kind, ltr, label: t(`admin.contact.${name}`), ...(name === "support_forum" ? { hint: t("admin.contact.support_forum.hint") } : {}) }))}
            before={Object.fromEntries(ASKED.map(([name]) => [name, contact[name] ?? ""]))}
            saveLabel={t("admin.save")}
            onSave={async (changed: Answers) => {
              if (Object.keys(changed).length > 0) await tables.changeContact(changed);
              say(t("admin.saved"), { icon: "check" });
            }}
          />
        )}
      </Loaded>
    </Page>
  );
}

export default forDoers("systems", ["manage"], ContactPage);
