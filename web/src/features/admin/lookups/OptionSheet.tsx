import type { JSX } from "preact";
import { useState } from "preact/compat";
import { LOCALE_NAMES, LOCALES, t } from "~/lib/i18n";
import { Button, Field, Row, Sheet, Stack, TextInput } from "~/ui";
import { identifierOf, type OptionDraft } from "./options";

interface OptionSheetProps {
  /** Null: a new one. */
  option: OptionDraft | null;
  taken: readonly string[];
  /** Only its words may change. */
  wordsOnly: boolean;
  onDone: (option: OptionDraft) => void;
  onClose: () => void;
}

const EMPTY: OptionDraft = { id: "", display_text: {}, disabled: false, tags: [], isNew: true };

/** One option: its words in every language, its identifier as long as it is new, its tags. */
export function OptionSheet({ option, taken, wordsOnly, onDone, onClose }: OptionSheetProps): JSX.Element {
  const [draft, setDraft] = useState<OptionDraft>(option ?? EMPTY);
  const [tags, setTags] = useState(draft.tags.join(", "));
  const [tried, setTried] = useState(false);
  const english = (draft.display_text["en"] ?? "").trim();
  const id = draft.id.trim();
  const missing = english === "" ? t("lookup.value_en", { id }) : null;
  const isTaken = draft.isNew && id !== "" && id !== option?.id && taken.includes(id);
  const done = (): void => {
    setTried(true);
    if (missing !== null || isTaken) return;
    onDone({ ...draft, id: draft.isNew && id === "" ? identifierOf(english, taken) : id, tags: tags.split(",").map((one) => one.trim()).filter(Boolean) });
  };
  return (
    <Sheet
      open
      title={t(option === null ? "admin.lookups.add" : "admin.lookups.option")}
      onClose={onClose}
      actions={
        <Row>
          <Button look="primary" onClick={done}>
            {t("admin.lookups.take_over")}
          </Button>
          <Button onClick={onClose}>{t("admin.cancel")}</Button>
        </Row>
      }
    >
      <Stack>
        {LOCALES.map((locale) => (
          <Field key={locale} label={t("admin.lookups.text", { language: LOCALE_NAMES[locale] })} required={locale === "en"} error={tried && locale === "en" ? missing : null}>
            {(attributes) => (
              <TextInput
                {...attributes}
                dir="auto"
                lang={locale}
                value={draft.display_text[locale] ?? ""}
                onValue={(value) => {
                  setDraft((now) => ({ ...now, display_text: { ...now.display_text, [locale]: value } }));
                }}
              />
            )}
          </Field>
        ))}
        {draft.isNew ? (
          <Field label={t("admin.lookups.option_id")} hint={t("admin.lookups.option_id.hint")} error={tried && isTaken ? t("lookup.value_twice", { id }) : null}>
            {(attributes) => (
              <TextInput
                {...attributes}
                dir="ltr"
                value={draft.id}
                onValue={(value) => {
                  setDraft((now) => ({ ...now, id: value }));
                }}
              />
            )}
          </Field>
        ) : null}
        {wordsOnly ? null : (
          <Field label={t("admin.lookups.tags")} hint={t("admin.lookups.tags.hint")}>
            {(attributes) => <TextInput {...attributes} value={tags} onValue={setTags} />}
          </Field>
        )}
      </Stack>
    </Sheet>
  );
}
