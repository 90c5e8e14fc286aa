import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/compat";
import { stable } from "~/lib/json";
import { useLeaveQuestion } from "~/lib/router";
import { Button, Card, Checkbox, CheckboxGroup, Combobox, Field, MultiCombobox, Notice, PasswordInput, ProblemList, Row, Select, Stack, TextArea, TextInput, type Option } from "~/ui";
import { Leaving } from "./Leaving";
import { NOTHING_WRONG, toldBy, type Told } from "./problems";

export type Answer = string | boolean | readonly string[];
export type Answers = Readonly<Record<string, Answer>>;

/** One question of a form of the administration. */
export interface Ask {
  name: string;
  kind: "text" | "area" | "password" | "tick" | "one" | "find" | "ticks" | "several";
  label: string;
  hint?: string;
  required?: boolean;
  options?: readonly Option[];
  /** Left to right, as codes and addresses are. */
  ltr?: boolean;
  /** Asked only with these other answers. */
  when?: (answers: Answers) => boolean;
}

export interface AdminFormProps {
  asks: readonly Ask[];
  before: Answers;
  /** Only to look at. */
  closed?: boolean;
  /** What changed, and all of it. Raises Refusal or Unreachable. */
  onSave: (changed: Answers, all: Answers) => Promise<void>;
  saveLabel: string;
  /** More to answer, in a part of its own. */
  more?: (part: { answers: Answers; set: (name: string, value: Answer) => void; error: (name: string) => string | null }) => ComponentChildren;
  /** Names of what `more` asks. */
  moreNames?: Readonly<Record<string, string>>;
}

/** A form over the network: everything that is wrong stands in one list and beside its field. */
export function AdminForm({ asks, before, closed, onSave, saveLabel, more, moreNames = {} }: AdminFormProps): JSX.Element {
  const own = useId();
  const [laid, lay] = useState<Answers>({});
  const [told, setTold] = useState<Told>(NOTHING_WRONG);
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const answers: Answers = { ...before, ...laid };
  const changed = Object.fromEntries(Object.entries(laid).filter(([name, value]) => stable(value) !== stable(before[name])));
  const shown = asks.filter((ask) => ask.when?.(answers) !== false);
  useLeaveQuestion(Object.keys(changed).length > 0 && !busy, (proceed) => {
    setLeave(() => proceed);
  });
  const set = (name: string, value: Answer): void => {
    lay((now) => ({ ...now, [name]: value }));
    setTold((now) => ({ ...now, fields: Object.fromEntries(Object.entries(now.fields).filter(([one]) => one !== name)) }));
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    setTold(NOTHING_WRONG);
    const asked = new Set(asks.map((ask) => ask.name));
    const hidden = new Set([...asked].filter((name) => !shown.some((ask) => ask.name === name)));
    const kept = (all: Answers): Answers => Object.fromEntries(Object.entries(all).filter(([name]) => !hidden.has(name)));
    try {
      await onSave(kept(changed), kept(answers));
      lay({});
    } catch (error) {
      setTold(toldBy(error, [...shown.map((ask) => ask.name), ...Object.keys(moreNames)]));
      setTries((n) => n + 1);
    } finally {
      setBusy(false);
    }
  };
  const idOf = (name: string): string => `${own}-${name}`;
  const labels: Readonly<Record<string, string>> = { ...Object.fromEntries(shown.map((ask) => [ask.name, ask.label])), ...moreNames };
  const problems = Object.entries(told.fields).map(([name, message]) => ({ id: idOf(name), label: labels[name] ?? name, message }));
  return (
    <form
      noValidate
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && closed !== true) void save();
      }}
    >
      <Stack>
        {told.whole ? (
          <Notice tone="danger" alert>
            {told.whole}
          </Notice>
        ) : null}
        <ProblemList problems={problems} shown={tries} />
        <Card>
          <Stack>
            {shown.map((ask) => (
              <Asked key={ask.name} ask={ask} id={idOf(ask.name)} value={answers[ask.name]} error={told.fields[ask.name] ?? null} closed={closed === true} onValue={(value) => { set(ask.name, value); }} />
            ))}
          </Stack>
        </Card>
        {more ? (
          <>
            {Object.keys(moreNames).map((name) => (
              <span key={name} id={idOf(name)} tabIndex={-1} />
            ))}
            {more({ answers, set, error: (name) => told.fields[name] ?? null })}
          </>
        ) : null}
        {closed === true ? null : (
          <Row>
            <Button type="submit" look="primary" busy={busy}>
              {saveLabel}
            </Button>
          </Row>
        )}
      </Stack>
      <Leaving
        go={leave}
        onStay={() => {
          setLeave(null);
        }}
      />
    </form>
  );
}

interface AskedProps {
  ask: Ask;
  id: string;
  value: Answer | undefined;
  error: string | null;
  closed: boolean;
  onValue: (value: Answer) => void;
}

function Asked({ ask, id, value, error, closed, onValue }: AskedProps): JSX.Element {
  const text = typeof value === "string" ? value : "";
  const several = Array.isArray(value) ? (value as readonly string[]) : [];
  const options = ask.options ?? [];
  const field = { id, label: ask.label, error, ...(ask.hint === undefined ? {} : { hint: ask.hint }), ...(ask.required ? { required: true } : {}) };
  if (ask.kind === "tick") {
    return (
      <div>
        <Checkbox id={id} checked={value === true} disabled={closed} label={ask.label} aria-describedby={ask.hint || error ? `${id}-about` : undefined} onChecked={onValue} />
        {ask.hint || error ? <div id={`${id}-about`}>{error ?? ask.hint}</div> : null}
      </div>
    );
  }
  if (ask.kind === "ticks") return <Field {...field} group>{() => <CheckboxGroup values={several} options={options} disabled={closed} onValues={onValue} />}</Field>;
  return (
    <Field {...field}>
      {(attributes) => {
        const direct = ask.ltr ? { dir: "ltr" as const } : {};
        switch (ask.kind) {
          case "area":
            return <TextArea {...attributes} value={text} disabled={closed} onValue={onValue} />;
          case "password":
            return <PasswordInput {...attributes} autocomplete="new-password" value={text} disabled={closed} onValue={onValue} />;
          case "one":
            return <Select {...attributes} value={text} options={options} disabled={closed} onValue={onValue} />;
          case "find":
            return <Combobox {...attributes} value={text} options={options} disabled={closed} onValue={onValue} />;
          case "several":
            return <MultiCombobox {...attributes} values={several} options={options} disabled={closed} onValues={onValue} />;
          default:
            return <TextInput {...attributes} {...direct} value={text} disabled={closed} onValue={onValue} />;
        }
      }}
    </Field>
  );
}
