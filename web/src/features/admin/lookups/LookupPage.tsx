import type { JSX } from "preact";
import { useState } from "preact/compat";
import { textOf, type Shape } from "~/api";
import { LOCALE_NAMES, LOCALES, localized, t } from "~/lib/i18n";
import { stable } from "~/lib/json";
import { navigate, useLeaveQuestion, type Params } from "~/lib/router";
import { mayDo, useResource, useSource } from "~/store";
import type { Lookup } from "~/store/tables";
import { Badge, Button, Card, Code, Field, IconButton, Muted, Notice, Page, Row, say, Sheet, Stack, TextInput } from "~/ui";
import { Back, Loaded } from "../parts";
import { toldBy } from "../problems";
import { useTables } from "../tables";
import { forWords } from "./guard";
import css from "./lookups.module.css";
import { draftsOf, moved, wrongOptions, written, type OptionDraft } from "./options";
import { OptionSheet } from "./OptionSheet";
import { Leaving } from "../Leaving";

/** One option list. */
function LookupPage({ params }: { params: Params }): JSX.Element {
  const tables = useTables();
  const id = params["id"] ?? "";
  const isNew = id === "new";
  return (
    <Page title={t(isNew ? "admin.lookups.new" : "admin.lookups.one")} narrow before={<Back to="/admin/lookups" label={t("admin.lookups.title")} />}>
      {isNew ? <LookupForm lookup={null} /> : <Loaded from={tables.lookup(id)} maxAge={5}>{(lookup) => <LookupForm key={stable(lookup)} lookup={lookup} />}</Loaded>}
    </Page>
  );
}

function LookupForm({ lookup }: { lookup: Lookup | null }): JSX.Element {
  const source = useSource();
  const tables = useTables();
  const me = useResource(source.me(), 300).value;
  const begun = draftsOf(lookup);
  const [name, setName] = useState<Record<string, string>>({ ...lookup?.name });
  const [options, setOptions] = useState<OptionDraft[]>(begun);
  const [open, setOpen] = useState<number | "new" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const wordsOnly = lookup?.locked === true;
  const isChanged = stable([name, options]) !== stable([{ ...lookup?.name }, begun]);
  const [leave, setLeave] = useState<(() => void) | null>(null);
  useLeaveQuestion(isChanged && !busy, (proceed) => {
    setLeave(() => proceed);
  });
  const wrong = wrongOptions(error);
  const told = error === null ? null : toldBy(error, ["name.en", "values"]);
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      if (lookup === null) {
        const made = await tables.createLookup({ name, values: written(options) });
        say(t("admin.made"), { icon: "check" });
        navigate(`/admin/lookups/${String(made.id)}`, { replace: true, force: true });
        return;
      }
      await tables.changeLookup(lookup.id, { name, values: written(options) });
      say(t("admin.saved"), { icon: "check" });
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const replace = (place: number, change: Partial<OptionDraft>): void => {
    setOptions((now) => now.map((one, index) => (index === place ? { ...one, ...change } : one)));
    setError(null);
  };
  const move = (place: number, by: 1 | -1): void => {
    setOptions((now) => moved(now, place, by));
    setError(null);
    const id = options[place]?.id ?? "";
    requestAnimationFrame(() => document.getElementById(`${by === 1 ? "down" : "up"}-${id}`)?.focus());
    say(t("admin.lookups.moved", { place: place + by + 1 }));
  };
  return (
    <form
      noValidate
      autocomplete="off"
      // What is pressed while it is saved would be laid aside by what comes back.
      inert={busy}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      <Stack>
        {told ? (
          <Notice tone="danger" alert>
            {wrong.size > 0 ? t("admin.lookups.wrong", { count: wrong.size }) : (told.fields["name.en"] ?? told.whole ?? textOf(error))}
          </Notice>
        ) : null}
        {wordsOnly ? <Notice tone="info">{t("admin.lookups.locked.why")}</Notice> : null}
        <Card>
          <Stack>
            {lookup === null ? null : (
              <div>
                <Muted small>{t("admin.lookups.id")}</Muted> <Code>{lookup.unique_id}</Code>
              </div>
            )}
            {LOCALES.map((locale) => (
              <Field key={locale} label={t("admin.lookups.name", { language: LOCALE_NAMES[locale] })} required={locale === "en"} error={locale === "en" ? (told?.fields["name.en"] ?? null) : null}>
                {(attributes) => (
                  <TextInput
                    {...attributes}
                    dir="auto"
                    lang={locale}
                    value={name[locale] ?? ""}
                    onValue={(value) => {
                      setName((now) => ({ ...now, [locale]: value }));
                      setError(null);
                    }}
                  />
                )}
              </Field>
            ))}
          </Stack>
        </Card>
        <Card label={t("admin.lookups.options")}>
          <Stack gap={3}>
            <Row between>
              <h2>{t("admin.lookups.options")}</h2>
              {wordsOnly ? null : (
                <Button
                  icon="plus"
                  onClick={() => {
                    setOpen("new");
                  }}
                >
                  {t("admin.lookups.add")}
                </Button>
              )}
            </Row>
            <Muted small>{t("admin.lookups.kept")}</Muted>
            {options.length === 0 ? <Muted>{t("admin.lookups.none")}</Muted> : null}
            <ol class={css.options}>
              {options.map((option, place) => (
                <OptionRow
                  key={option.id}
                  option={option}
                  first={place === 0}
                  last={place === options.length - 1}
                  wordsOnly={wordsOnly}
                  error={wrong.get(place) ?? null}
                  onOpen={() => {
                    setOpen(place);
                  }}
                  onMove={(by) => {
                    move(place, by);
                  }}
                  onTurn={() => {
                    if (option.isNew) setOptions((now) => now.filter((_, index) => index !== place));
                    else replace(place, { disabled: !option.disabled });
                  }}
                />
              ))}
            </ol>
          </Stack>
        </Card>
        <Row>
          <Button type="submit" look="primary" busy={busy}>
            {t(lookup === null ? "admin.create" : "admin.save")}
          </Button>
        </Row>
        {lookup === null ? null : <Uses lookup={lookup} mayDrop={mayDo(me, "metadata", "manage") && !wordsOnly} />}
      </Stack>
      {open === null ? null : (
        <OptionSheet
          option={open === "new" ? null : (options[open] ?? null)}
          taken={options.map((one) => one.id)}
          wordsOnly={wordsOnly}
          onClose={() => {
            setOpen(null);
          }}
          onDone={(option) => {
            if (open === "new") setOptions((now) => [...now, option]);
            else replace(open, option);
            setOpen(null);
          }}
        />
      )}
      <Leaving
        go={leave}
        onStay={() => {
          setLeave(null);
        }}
      />
    </form>
  );
}

interface OptionRowProps {
  option: OptionDraft;
  first: boolean;
  last: boolean;
  wordsOnly: boolean;
  error: string | null;
  onOpen: () => void;
  onMove: (by: 1 | -1) => void;
  onTurn: () => void;
}

function OptionRow({ option, first, last, wordsOnly, error, onOpen, onMove, onTurn }: OptionRowProps): JSX.Element {
  const words = localized(option.display_text) || option.id;
  const missing = LOCALES.filter((locale) => !(option.display_text[locale] ?? "").trim()).map((locale) => LOCALE_NAMES[locale]);
  const turned = option.isNew ? "remove" : option.disabled ? "bring_back" : "retire";
  return (
    <li class={error ? css.wrong : undefined}>
      <div class={css.words}>
        <strong class={option.disabled ? css.retired : undefined}>
          <bdi>{words}</bdi>
        </strong>{" "}
        <Code>{option.id}</Code>{" "}
        {option.disabled ? (
          <Badge icon="lock" tone="warn">
            {t("admin.lookups.retired")}
          </Badge>
        ) : null}{" "}
        {option.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
        {missing.length > 0 ? (
          <div>
            <Muted small>{t("admin.lookups.untranslated", { languages: missing.join(" · ") })}</Muted>
          </div>
        ) : null}
        {error ? <div class={css.error}>{error}</div> : null}
      </div>
      <div class={css.acts}>
        <IconButton id={`up-${option.id}`} icon="up" label={t("admin.lookups.up", { option: words })} aria-disabled={first} onClick={() => { if (!first) onMove(-1); }} />
        <IconButton id={`down-${option.id}`} icon="down" label={t("admin.lookups.down", { option: words })} aria-disabled={last} onClick={() => { if (!last) onMove(1); }} />
        <IconButton icon="edit" label={t("admin.lookups.edit", { option: words })} onClick={onOpen} />
        {wordsOnly ? null : <IconButton icon={option.disabled ? "undo" : option.isNew ? "trash" : "lock"} label={t(`admin.lookups.${turned}`, { option: words })} onClick={onTurn} />}
      </div>
    </li>
  );
}

/** The questions that use a list; a list without any can be put away. */
function Uses({ lookup, mayDrop }: { lookup: Lookup; mayDrop: boolean }): JSX.Element {
  const tables = useTables();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const drop = async (): Promise<void> => {
    setBusy(true);
    setFailed(null);
    try {
      await tables.dropLookup(lookup.id);
      say(t("admin.lookups.dropped"), { icon: "check" });
      navigate("/admin/lookups", { replace: true, force: true });
    } catch (reason) {
      setFailed(textOf(reason));
      setAsked(false);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card label={t("admin.lookups.uses")}>
      <Stack gap={3}>
        <h2>{t("admin.lookups.uses")}</h2>
        <Loaded from={tables.uses()}>
          {(all) => {
            const uses = all.filter((use) => use.lookup === lookup.unique_id);
            return (
              <Stack gap={3}>
                <Muted>{t("admin.lookups.use_count", { count: uses.length })}</Muted>
                {uses.length > 0 ? (
                  <ul class={css.uses}>
                    {uses.map((use) => (
                      <li key={`${use.form}/${use.field ?? ""}`}>{useWords(use)}</li>
                    ))}
                  </ul>
                ) : null}
                {failed ? (
                  <Notice tone="danger" alert>
                    {failed}
                  </Notice>
                ) : null}
                {!mayDrop ? null : uses.length > 0 ? (
                  <Muted small>{t("admin.lookups.drop.used")}</Muted>
                ) : (
                  <Row>
                    <Button
                      look="danger"
                      onClick={() => {
                        setAsked(true);
                      }}
                    >
                      {t("admin.lookups.drop")}
                    </Button>
                  </Row>
                )}
              </Stack>
            );
          }}
        </Loaded>
      </Stack>
      <Sheet
        open={asked}
        centre
        title={t("admin.lookups.drop")}
        onClose={() => {
          setAsked(false);
        }}
        actions={
          <Row>
            <Button look="danger" busy={busy} onClick={() => void drop()}>
              {t("admin.lookups.drop")}
            </Button>
            <Button
              onClick={() => {
                setAsked(false);
              }}
            >
              {t("admin.cancel")}
            </Button>
          </Row>
        }
      >
        <p>{t("admin.lookups.drop.text")}</p>
      </Sheet>
    </Card>
  );
}

function useWords(use: Shape<"LookupUse">): JSX.Element {
  const form = localized(use.form_name as Record<string, string>) || use.form;
  if (use.field === null) return <bdi>{t("admin.lookups.of_module", { module: form })}</bdi>;
  return (
    <>
      <bdi>{localized(use.field_name as Record<string, string>) || use.field}</bdi> <Muted small>{form}</Muted>
    </>
  );
}

export default forWords(LookupPage);
