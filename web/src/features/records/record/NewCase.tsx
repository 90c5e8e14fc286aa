import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/compat";
import { t, useLocale } from "~/lib/i18n";
import { isObject } from "~/lib/json";
import type { Params } from "~/lib/router";
import { Button } from "~/ui/Button";
import { Field, NumberInput, RadioGroup, Select, TextInput } from "~/ui/form";
import { EmptyState, ErrorState, Page, Skeleton } from "~/ui/layout";
import { defaultAnswers } from "~/renderer/defaults";
import { choicesOf } from "~/renderer/sources";
import { readNumber } from "~/renderer/values";
import { useSource } from "~/store";
import { RecordDesk, type DraftOf } from "./RecordDesk";
import { BackToList } from "./BackToList";
import { useRoads, useSetup } from "./data";
import { LikelyCases } from "./Likely";
import { isSearchable, type Typed } from "./likely";
import css from "./record.module.css";
import { Registration } from "./Registration";
import { fromTyped } from "./registration";
import type { Setup } from "./setup";
import { today } from "./today";

/** A child not known yet: look first whether she is, then register her, consent first. */
export function NewCase(_props: { params: Params }): JSX.Element {
  const [module, setModule] = useState("");
  const locale = useLocale();
  const { setup, raw, error, retry } = useSetup("cases", module);
  if (setup === null || raw === null)
    return (
      <Page title={t("casefile.new.title")} before={<BackToList kind="cases" />} narrow>
        {error ? <ErrorState onRetry={retry}>{t("casefile.unreachable")}</ErrorState> : <Skeleton rows={4} blocks />}
      </Page>
    );
  if (!setup.may("create"))
    return (
      <Page title={t("casefile.new.title")} before={<BackToList kind="cases" />} narrow>
        <EmptyState icon="lock" title={t("casefile.new.not_permitted")} />
      </Page>
    );
  const names = new Map(raw.modules.map((one) => [one.unique_id, one.name]));
  return (
    <Begun
      key={`${setup.module} ${locale}`}
      setup={setup}
      modules={setup.me.modules.map((id) => ({ value: id, label: names.get(id) ?? id }))}
      onModule={setModule}
    />
  );
}

function Begun({ setup, modules, onModule }: { setup: Setup; modules: { value: string; label: string }[]; onModule: (id: string) => void }): JSX.Element {
  const source = useSource();
  const roads = useRoads("cases");
  const [desk, setDesk] = useState<RecordDesk | null>(() => {
    const draft = source.drafts.get("cases/new")?.value;
    if (!isObject(draft)) return null;
    const begun = draft as unknown as DraftOf;
    return new RecordDesk(begun.id, true, setup, today(), roads, {}, null, { ...begun, base: {} });
  });
  useEffect(() => {
    if (desk === null) return undefined;
    const keep = (): void => {
      if (document.visibilityState === "hidden") void desk.keep();
    };
    document.addEventListener("visibilitychange", keep);
    return () => {
      document.removeEventListener("visibilitychange", keep);
      desk.close();
    };
  }, [desk]);
  const start = (typed: Typed): void => {
    const day = today();
    const fields = setup.sections.filter((section) => section.writable).flatMap((section) => section.form.fields);
    const made = new RecordDesk(crypto.randomUUID(), true, setup, day, roads, {}, null);
    made.filling.answers.merge({ ...defaultAnswers(fields.filter((field) => !field.disabled), day), ...fromTyped(typed, fields) });
    setDesk(made);
  };
  if (desk !== null)
    return (
      <Registration
        desk={desk}
        onStop={() => {
          void source.drafts.drop("cases/new");
          setDesk(null);
        }}
      />
    );
  return <LookFirst setup={setup} modules={modules} onModule={onModule} onStart={start} />;
}

interface LookFirstProps {
  setup: Setup;
  modules: { value: string; label: string }[];
  onModule: (id: string) => void;
  onStart: (typed: Typed) => void;
}

const PAUSE_MS = 350;

/** Before anything is written: is this child known already? */
function LookFirst({ setup, modules, onModule, onStart }: LookFirstProps): JSX.Element {
  const [name, setName] = useState("");
  const [age, setAge] = useState("");
  const [sex, setSex] = useState("");
  const [card, setCard] = useState("");
  const number = readNumber(age);
  const typed = useMemo<Typed>(() => ({ name, age: typeof number === "number" ? number : null, sex, number: card }), [name, number, sex, card]);
  const [looked, setLooked] = useState<Typed>(typed);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLooked(typed);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  const sexField = setup.fields.get("sex");
  const sexes = sexField ? choicesOf(sexField, setup.sources).filter((choice) => !choice.retired) : [];
  return (
    <Page title={t("casefile.new.title")} before={<BackToList kind="cases" />} narrow>
      <p>{t("casefile.new.look_first")}</p>
      <form
        class={css.content}
        onSubmit={(event) => {
          event.preventDefault();
          setLooked(typed);
        }}
      >
        {modules.length > 1 ? (
          <Field label={t("casefile.new.module")}>{(attributes) => <Select {...attributes} value={setup.module} onValue={onModule} options={modules} empty={null} />}</Field>
        ) : null}
        <Field label={t("casefile.new.name")} hint={t("casefile.new.name_hint")}>
          {(attributes) => <TextInput {...attributes} value={name} onValue={setName} autocapitalize="words" spellcheck={false} />}
        </Field>
        <div class={css.pair}>
          <Field label={t("casefile.new.age")} error={age !== "" && typeof number !== "number" ? t("renderer.problem.not_an_integer") : null}>
            {(attributes) => <NumberInput {...attributes} value={age} onValue={setAge} />}
          </Field>
          {sexes.length > 0 ? (
            <Field label={t("casefile.new.sex")} group>
              {(attributes) => <RadioGroup name={attributes.id} value={sex} onValue={setSex} clearable options={sexes.map(({ id, label }) => ({ value: id, label }))} />}
            </Field>
          ) : null}
        </div>
        <Field label={t("kept.likely.number")} hint={t("kept.likely.number_hint")}>
          {(attributes) => <TextInput {...attributes} value={card} onValue={setCard} inputMode="text" spellcheck={false} />}
        </Field>
      </form>
      {isSearchable(looked) ? <LikelyCases typed={looked} setup={setup} /> : null}
      <div class={css.goOn}>
        <Button
          look="primary"
          icon="plus"
          disabled={!isSearchable(typed)}
          onClick={() => {
            onStart(typed);
          }}
        >
          {t("casefile.new.go_on")}
        </Button>
        {isSearchable(typed) ? null : (
          <Button
            look="quiet"
            onClick={() => {
              onStart(typed);
            }}
          >
            {t("casefile.new.no_name")}
          </Button>
        )}
      </div>
    </Page>
  );
}
