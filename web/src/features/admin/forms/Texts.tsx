import type { JSX } from "preact";
import { useId } from "preact/compat";
import { t } from "~/lib/i18n";
import { Badge, Icon, TextArea, TextInput } from "~/ui";
import type { Texts as Words } from "./draft";
import css from "./forms.module.css";
import { directionOf, languageName } from "./words";

export interface TextsProps {
  /** Where a problem with it leads. */
  id?: string;
  label: string;
  hint?: string;
  value: Words;
  languages: readonly string[];
  onValue: (value: Words) => void;
  /** Longer than a line. */
  area?: boolean;
  /** Must be said in English. */
  required?: boolean;
  error?: string | null;
  closed?: boolean;
}

/** One text in every language of the instance, each in its own direction; a language in which it is not said is marked once it is said in another. */
export function Texts({ id, label, hint, value, languages, onValue, area, required, error, closed }: TextsProps): JSX.Element {
  const made = useId();
  const own = id ?? made;
  const isSaid = languages.some((locale) => (value[locale] ?? "").trim() !== "");
  const Input = area ? TextArea : TextInput;
  return (
    <fieldset class={css.texts} id={own} tabIndex={-1}>
      <legend>{label}</legend>
      {hint ? <div class={css.hint}>{hint}</div> : null}
      {languages.map((locale) => {
        const text = value[locale] ?? "";
        const isWanted = locale === "en" && required === true;
        const isMissing = isSaid && text.trim() === "";
        const wrong = locale === "en" ? (error ?? null) : null;
        const described = wrong ? `${own}-error` : isMissing && !isWanted ? `${own}-${locale}-missing` : undefined;
        return (
          <div key={locale} class={css.text}>
            <label htmlFor={`${own}-${locale}`}>
              <bdi>{languageName(locale)}</bdi>
              {isWanted ? (
                <>
                  {" "}
                  <span class={css.required} aria-hidden="true">
                    *
                  </span>
                  <span class="visually-hidden">{t("ui.required")}</span>
                </>
              ) : null}
            </label>
            <div>
              <Input
                id={`${own}-${locale}`}
                lang={locale}
                dir={directionOf(locale)}
                value={text}
                disabled={closed}
                aria-required={isWanted ? "true" : undefined}
                aria-invalid={wrong ? "true" : undefined}
                aria-describedby={described}
                {...(area ? { rows: 2 } : {})}
                onValue={(next: string) => {
                  onValue({ ...value, [locale]: next });
                }}
              />
              {isMissing && !isWanted ? (
                <span id={`${own}-${locale}-missing`}>
                  <Badge tone="warn" icon="language">
                    {t("admin.forms.missing")}
                  </Badge>
                </span>
              ) : null}
              {wrong ? (
                <div class={css.wrong} id={`${own}-error`}>
                  <Icon name="alert" size={18} />
                  <span>{wrong}</span>
                </div>
              ) : null}
            </div>
          </div>
        );
      })}
    </fieldset>
  );
}
