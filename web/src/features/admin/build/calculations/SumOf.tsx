import type { JSX } from "preact";
import { useId } from "preact/compat";
import { t } from "~/lib/i18n";
import { Button, Combobox, Field as Question, IconButton, NumberInput, Row, Select } from "~/ui";
import css from "../build.module.css";
import { labelOf, type Lookable } from "../conditions/asking";
import { isCounted, ofTerm, type Sum, type Term } from "./sum";

interface Props {
  sum: Sum;
  known: Lookable;
  owner: string | undefined;
  closed: boolean;
  depth: number;
  onChange: (sum: Sum) => void;
  onRemove?: () => void;
}

const DEEPEST_OFFERED = 2;

/** The parts of a total or of an average. */
export function SumOf({ sum, known, owner, closed, depth, onChange, onRemove }: Props): JSX.Element {
  const own = useId();
  const put = (at: number, term: Term | null): void => {
    onChange({ ...sum, terms: term === null ? sum.terms.filter((_, place) => place !== at) : sum.terms.with(at, term) });
  };
  const add = (term: Term): void => {
    onChange({ ...sum, terms: [...sum.terms, term] });
    requestAnimationFrame(() => {
      document.getElementById(`${own}-${String(sum.terms.length)}`)?.focus();
    });
  };
  return (
    <div class={depth === 0 ? css.top : css.group} role="group" aria-label={t(`admin.build.works.${sum.how}`)}>
      {depth === 0 ? null : (
        <Row between>
          <Select
            aria-label={t("admin.build.worked_out")}
            value={sum.how}
            empty={null}
            disabled={closed}
            options={(["sum", "avg"] as const).map((how) => ({ value: how, label: t(`admin.build.works.${how}`) }))}
            onValue={(how) => {
              onChange({ ...sum, how: how === "avg" ? "avg" : "sum", places: how === "avg" ? sum.places : null });
            }}
          />
          {closed || !onRemove ? null : <IconButton icon="trash" label={t("admin.build.remove_inner_sum")} onClick={onRemove} />}
        </Row>
      )}
      <ol role="list" class={css.members}>
        {sum.terms.map((term, at) => (
          <li key={at}>
            {term.kind === "sum" ? (
              <SumOf
                sum={term.sum}
                known={known}
                owner={owner}
                closed={closed}
                depth={depth + 1}
                onChange={(inner) => {
                  put(at, { kind: "sum", sum: inner });
                }}
                onRemove={() => {
                  put(at, null);
                }}
              />
            ) : (
              <Part
                id={`${own}-${String(at)}`}
                term={term}
                number={at + 1}
                known={known}
                owner={owner}
                closed={closed}
                onChange={(next) => {
                  put(at, next);
                }}
              />
            )}
          </li>
        ))}
      </ol>
      {closed ? null : (
        <Row>
          <Button
            icon="plus"
            onClick={() => {
              add({ kind: "question", name: "" });
            }}
          >
            {t("admin.build.add_question")}
          </Button>
          <Button
            look="quiet"
            onClick={() => {
              add({ kind: "number", text: "" });
            }}
          >
            {t("admin.build.add_number")}
          </Button>
          {depth < DEEPEST_OFFERED ? (
            <Button
              look="quiet"
              onClick={() => {
                add({ kind: "sum", sum: { how: "sum", places: null, terms: [{ kind: "question", name: "" }] } });
              }}
            >
              {t("admin.build.add_sum")}
            </Button>
          ) : null}
        </Row>
      )}
      {sum.how === "avg" ? (
        <Question label={t("admin.build.places")} hint={t("admin.build.places.hint")}>
          {(attributes) => (
            <Select
              {...attributes}
              value={sum.places === null ? "" : String(sum.places)}
              empty={t("admin.build.places.whole")}
              disabled={closed}
              options={["0", "1", "2", "3"].map((value) => ({ value, label: t("admin.build.places.some", { count: Number(value) }) }))}
              onValue={(value) => {
                onChange({ ...sum, places: value === "" ? null : Number(value) });
              }}
            />
          )}
        </Question>
      ) : null}
    </div>
  );
}

interface PartProps {
  id: string;
  term: Exclude<Term, { kind: "sum" }>;
  number: number;
  known: Lookable;
  owner: string | undefined;
  closed: boolean;
  onChange: (term: Term | null) => void;
}

function Part({ id, term, number, known, owner, closed, onChange }: PartProps): JSX.Element {
  const found = ofTerm(term, known, owner);
  const error = found?.tone === "wrong" ? t(`admin.build.problem.${found.code}`, found.values) : null;
  const label = t(term.kind === "number" ? "admin.build.part_number" : "admin.build.part", { number });
  const options = [...known.fields.values()]
    .filter((field) => (term.kind === "question" && field.name === term.name) || (field.visible !== false && isCounted(field)))
    .map((field) => ({ value: field.name, label: labelOf(field, known.sources), hint: field.name }));
  return (
    <div class={css.term}>
      <Question id={id} label={label} error={error} notice={found?.tone === "notice" ? t(`admin.build.problem.${found.code}`, found.values) : undefined}>
        {(attributes) =>
          term.kind === "number" ? (
            <NumberInput
              {...attributes}
              value={term.text}
              disabled={closed}
              onValue={(text) => {
                onChange({ kind: "number", text });
              }}
            />
          ) : (
            <Combobox
              {...attributes}
              value={term.name}
              options={options}
              disabled={closed}
              onValue={(name) => {
                onChange({ kind: "question", name });
              }}
            />
          )
        }
      </Question>
      {closed ? null : (
        <IconButton
          icon="trash"
          label={t("admin.build.remove_part", { number })}
          onClick={() => {
            onChange(null);
          }}
        />
      )}
    </div>
  );
}
