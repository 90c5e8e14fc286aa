import type { JSX } from "preact";
import { t } from "~/lib/i18n";
import { Icon } from "~/ui/icons";
import { useSelected } from "../../answers";
import { useScope } from "../../scope";
import { pick } from "../../sources";
import type { Field, Json } from "../../types";
import { idsOf, isBlank } from "../../values";
import { textOfAnswer } from "../../words";
import css from "../../renderer.module.css";

const SAFE = /(^|_)safe(ly|ty)?(_|$)/;
const REACH = /(^|_)(call|contact|phone|telephone)(_|$)/;
const WHEN_AND_HOW = /(^|_)contact_(times?|method)$/;

/** The questions of the same form that say whether, how and when this number may be called. */
export function safetyFields(fields: readonly Field[], phone: Field): Field[] {
  const prefix = phone.name.includes("_") ? `${phone.name.split("_")[0] ?? ""}_` : "";
  const asked = fields.filter((field) => field.visible !== false && field.name !== phone.name && ((SAFE.test(field.name) && REACH.test(field.name)) || WHEN_AND_HOW.test(field.name)));
  const own = asked.filter((field) => prefix !== "" && field.name.startsWith(prefix));
  return own.length > 0 ? own : asked;
}

/** Does the answer say yes, no, or nothing? */
export function saysYes(value: Json | undefined): boolean | null {
  if (value === true) return true;
  if (value === false) return false;
  const ids = idsOf(value);
  if (ids.some((id) => /^(no|false|never|not_safe)$/.test(id))) return false;
  return ids.some((id) => /^(yes|true)/.test(id)) ? true : null;
}

/** "Not known yet" is what the warning says already. */
function isUnknown(value: Json | undefined): boolean {
  const ids = idsOf(value);
  return ids.length > 0 && ids.every((id) => /^(unknown|not_known)/.test(id));
}

/** Beside every phone number: a call at the wrong hour can harm a child. */
export function SafeToCall({ field }: { field: Field }): JSX.Element | null {
  const { book, siblings, desk } = useScope();
  const asked = safetyFields(siblings, field);
  const answers = useSelected(
    book,
    (all) => (isBlank(all[field.name]) ? null : JSON.stringify(asked.map((one) => all[one.name] ?? null))),
  );
  if (answers === null) return null;
  const values = JSON.parse(answers) as Json[];
  const verdicts = values.map(saysYes);
  const verdict = verdicts.includes(false) ? "no" : verdicts.includes(true) ? "yes" : "unknown";
  const details = asked
    .map((one, at) => (saysYes(values[at]) === null && !isUnknown(values[at]) ? textOfAnswer(one, values[at], desk.sources) : ""))
    .filter((line) => line !== "");
  return (
    <span class={css[`safe-${verdict}`]} data-safe={verdict}>
      <Icon name={verdict === "yes" ? "phone" : "alert"} size={16} />
      <span>
        {t(`renderer.safe.${verdict}`)}
        {details.length > 0 ? <span dir="auto">{` ${details.join(" · ")}`}</span> : null}
        {asked.length === 0 ? <span class="visually-hidden">{pick(field.display_name, desk.sources.locale)}</span> : null}
      </span>
    </span>
  );
}
