import type { JSX } from "preact";
import { useEffect, useRef } from "preact/compat";
import { localized, t } from "~/lib/i18n";
import { isObject } from "~/lib/json";
import { Button, Notice, Row, Stack } from "~/ui";
import { now, textsOf, type FormDraft } from "./draft";
import css from "./forms.module.css";
import type { Both } from "./rebasing";
import { labelOf, partWords } from "./words";

/** Another administrator saved the form while she was at work: what both changed is hers until she says otherwise. */
export function Meanwhile({ draft, both, onSettle }: { draft: FormDraft; both: readonly Both[]; onSettle: (one: Both | null) => void }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button that she pressed is far below.
    box.current?.scrollIntoView({ block: "center" });
    box.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={box} tabIndex={-1}>
    <Notice tone="warn" alert title={t("admin.forms.meanwhile")} actions={<Button onClick={() => { onSettle(null); }}>{t("admin.forms.meanwhile.done")}</Button>}>
      <Stack gap={2}>
        <span>{t(both.length === 0 ? "admin.forms.meanwhile.none" : "admin.forms.meanwhile.text")}</span>
        {both.length === 0 ? null : (
          <ul class={css.plain}>
            {both.map((one) => {
              const question = draft.questions.find((each) => each.key === one.key);
              const name = one.key === null ? t("admin.forms.form.whole") : question ? labelOf(now(question)) : one.key;
              return (
                <li key={`${one.key ?? ""} ${one.part}`}>
                  <Row between>
                    <span>
                      <strong>
                        <bdi>{name}</bdi>
                      </strong>{" "}
                      {one.part === "retired" ? t("admin.forms.meanwhile.retired") : <>{partWords(one.part)}: <bdi>{shortly(one.theirs)}</bdi></>}
                    </span>
                    <Button look="quiet" onClick={() => { onSettle(one); }}>
                      {t("admin.forms.meanwhile.theirs")}
                    </Button>
                  </Row>
                </li>
              );
            })}
          </ul>
        )}
      </Stack>
    </Notice>
    </div>
  );
}

/** What they wrote, in few words. */
function shortly(value: Both["theirs"]): string {
  if (value === true || value === false) return t(value ? "admin.forms.yes" : "admin.forms.no_longer");
  if (isObject(value)) return localized(textsOf(value)) || "…";
  if (Array.isArray(value)) return value.map((one) => (isObject(one) ? localized(textsOf(one["display_text"])) : String(one))).join(" · ");
  return value === null ? "–" : String(value);
}
