import type { JSX } from "preact";
import { useState } from "preact/compat";
import { localized, t } from "~/lib/i18n";
import type { Json, JsonObject } from "~/lib/json";
import { Badge, Button, Code, Combobox, Field, IconButton, Row, say, Select, Stack, TextInput, type Option } from "~/ui";
import { listOf, moved, nameFrom, textOf, textsOf, type Laid } from "./draft";
import css from "./forms.module.css";
import { Texts } from "./Texts";

interface Listed {
  unique_id: string;
  name: Record<string, string>;
  values: readonly { id: string; display_text: Record<string, string>; disabled?: boolean | null }[];
}

export interface AnswersProps {
  id: string;
  question: JsonObject;
  /** Answers that are stored already: their codes stay, and they are put away rather than removed. */
  stored: ReadonlySet<string>;
  lookups: readonly Listed[];
  languages: readonly string[];
  /** May she choose where the answers come from, or only their words? */
  structure: boolean;
  closed: boolean;
  problems: Readonly<Record<string, string>>;
  onChange: (change: Laid) => void;
}

const ENTITIES = ["Location", "ReportingLocation", "Agency", "User"] as const;

/** Where the answers to a question come from: a list that many questions share, what the system knows, or answers of its own. */
export function Answers({ id, question, lookups, structure, closed, problems, onChange, ...rest }: AnswersProps): JSX.Element {
  const source = textOf(question["option_strings_source"]);
  const [kind, list] = source.startsWith("lookup") ? ["lookup", source.split(/\s+/)[1] ?? ""] : [source, ""];
  const known = lookups.find((one) => one.unique_id === list);
  const sources: Option[] = [
    { value: "", label: t("admin.forms.source.own") },
    { value: "lookup", label: t("admin.forms.source.lookup") },
    ...(question["type"] === "select_box" ? ENTITIES.map((one) => ({ value: one as string, label: t(`admin.forms.source.${one}`) })) : []),
    ...(kind !== "" && kind !== "lookup" && !(ENTITIES as readonly string[]).includes(kind) ? [{ value: kind, label: kind }] : []),
  ];
  const shown = (known?.values ?? []).filter((one) => one.disabled !== true);
  return (
    <Stack gap={3}>
      <Field label={t("admin.forms.source")} id={`${id}-source`}>
        {(attributes) => (
          <Select
            {...attributes}
            value={kind}
            empty={null}
            options={sources}
            disabled={closed || !structure}
            onValue={(next) => {
              onChange({ option_strings_source: next === "lookup" ? "lookup " : next });
            }}
          />
        )}
      </Field>
      {kind === "lookup" ? (
        <Field label={t("admin.forms.source.which")} id={`${id}-option_strings_source`} error={problems["option_strings_source"] ?? null} hint={known ? t("admin.forms.source.holds", { count: shown.length, some: shown.slice(0, 6).map((one) => localized(one.display_text)).join(" · ") }) : ""}>
          {(attributes) => (
            <Combobox
              {...attributes}
              value={list}
              options={lookups.map((one) => ({ value: one.unique_id, label: localized(one.name) || one.unique_id }))}
              disabled={closed || !structure}
              onValue={(next) => {
                onChange({ option_strings_source: `lookup ${next}` });
              }}
            />
          )}
        </Field>
      ) : kind === "" ? (
        <OwnOptions id={`${id}-option_strings_text`} part="option_strings_text" value={question["option_strings_text"]} structure={structure} closed={closed} problems={problems} onChange={onChange} {...rest} />
      ) : null}
    </Stack>
  );
}

export interface OwnOptionsProps {
  id: string;
  /** Which of the question's lists: its answers, or the lines that are counted. */
  part: "option_strings_text" | "tally";
  value: Json | undefined;
  stored: ReadonlySet<string>;
  languages: readonly string[];
  structure: boolean;
  closed: boolean;
  problems: Readonly<Record<string, string>>;
  onChange: (change: Laid) => void;
}

/** Answers of the question's own, in their order, each in every language. One that is stored is put away, never removed: children’s answers hold it. */
export function OwnOptions({ id, part, value, stored, languages, structure, closed, problems, onChange }: OwnOptionsProps): JSX.Element {
  const options = listOf(value);
  // Codes that follow the English text until somebody writes another: those of answers made in this visit.
  const [following, follow] = useState<ReadonlySet<number>>(() => new Set());
  const put = (next: readonly JsonObject[]): void => {
    onChange({ [part]: next as Json });
  };
  const change = (place: number, what: JsonObject): void => {
    put(options.map((one, at) => (at === place ? { ...one, ...what } : one)));
  };
  const words = (place: number, texts: Readonly<Record<string, string>>): void => {
    const taken = new Set(options.filter((_, at) => at !== place).map((one) => textOf(one["id"])));
    const code: JsonObject = following.has(place) ? { id: nameFrom(texts["en"] ?? "", taken) } : {};
    change(place, { display_text: { ...texts }, ...code });
  };
  const focus = (what: string): void => {
    requestAnimationFrame(() => document.getElementById(what)?.focus());
  };
  return (
    <fieldset class={css.group} id={id} tabIndex={-1} aria-describedby={problems[part] ? `${id}-error` : undefined}>
      <legend>{t(part === "tally" ? "admin.forms.tally" : "admin.forms.options")}</legend>
      {problems[part] ? (
        <div class={css.wrong} id={`${id}-error`}>
          {problems[part]}
        </div>
      ) : null}
      <ol class={css.options}>
        {options.map((option, place) => {
          const code = textOf(option["id"]);
          const isStored = stored.has(code);
          const isOff = option["disabled"] === true;
          const name = localized(textsOf(option["display_text"])) || code || t("admin.forms.nameless");
          const own = `${id}-${String(place)}`;
          const move = (by: 1 | -1): void => {
            put(moved(options, place, by));
            follow((all) => new Set([...all].map((at) => (at === place ? place + by : at === place + by ? place : at))));
            say(t("admin.forms.moved", { name, place: place + by + 1, count: options.length }));
            focus(`${id}-${String(place + by)}-${by === 1 ? "down" : "up"}`);
          };
          return (
            <li key={place} class={css.option}>
              <Row between>
                <span class={css.optionName}>
                  <strong>
                    <bdi>{name}</bdi>
                  </strong>{" "}
                  {isOff ? <Badge icon="lock">{t("admin.forms.away")}</Badge> : null}
                </span>
                {closed ? null : (
                  <Row gap={1}>
                    <IconButton id={`${own}-up`} icon="up" label={t("admin.forms.up", { name })} aria-disabled={place === 0} onClick={() => { if (place > 0) move(-1); }} />
                    <IconButton id={`${own}-down`} icon="down" label={t("admin.forms.down", { name })} aria-disabled={place === options.length - 1} onClick={() => { if (place < options.length - 1) move(1); }} />
                    {structure && part === "option_strings_text" && isStored ? (
                      <IconButton icon={isOff ? "undo" : "lock"} label={t(isOff ? "admin.forms.bring_back" : "admin.forms.put_away", { name })} onClick={() => { change(place, { disabled: !isOff }); }} />
                    ) : structure && !isStored ? (
                      <IconButton
                        icon="trash"
                        label={t("admin.forms.remove", { name })}
                        onClick={() => {
                          put(options.filter((_, at) => at !== place));
                          follow((all) => new Set([...all].filter((at) => at !== place).map((at) => (at > place ? at - 1 : at))));
                          focus(`${id}-add`);
                        }}
                      />
                    ) : null}
                  </Row>
                )}
              </Row>
              <Texts id={`${own}-display_text`} label={t("admin.forms.option.text")} value={textsOf(option["display_text"])} languages={languages} required error={problems[`${part}/${String(place)}/display_text`] ?? null} closed={closed} onValue={(texts) => { words(place, texts); }} />
              {isStored || closed || !structure ? (
                <div class={css.hint}>
                  {t("admin.forms.option.code")} <strong><Code>{code}</Code></strong>
                </div>
              ) : (
                <Field id={`${own}-id`} label={t("admin.forms.option.code")} hint={t("admin.forms.option.code.hint")} error={problems[`${part}/${String(place)}/id`] ?? null}>
                  {(attributes) => (
                    <TextInput
                      {...attributes}
                      dir="ltr"
                      value={code}
                      onValue={(text) => {
                        follow((all) => new Set([...all].filter((at) => at !== place)));
                        change(place, { id: text });
                      }}
                    />
                  )}
                </Field>
              )}
            </li>
          );
        })}
      </ol>
      {structure && !closed ? (
        <Button
          id={`${id}-add`}
          icon="plus"
          onClick={() => {
            follow((all) => new Set([...all, options.length]));
            put([...options, { id: "", display_text: {} }]);
            focus(`${id}-${String(options.length)}-display_text-en`);
          }}
        >
          {t(part === "tally" ? "admin.forms.tally.add" : "admin.forms.options.add")}
        </Button>
      ) : null}
      {part === "option_strings_text" && options.some((one) => one["disabled"] === true) ? <div class={css.hint}>{t("admin.forms.options.away_kept")}</div> : null}
    </fieldset>
  );
}
