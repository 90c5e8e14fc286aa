import type { ComponentChildren, JSX } from "preact";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { useWide } from "~/lib/media";
import { Button, Link, LinkButton } from "./Button";
import { Select, type Option } from "./form";
import css from "./table.module.css";

export interface Column<T> {
  id: string;
  label: string;
  /** What stands in the cell; empty things are left out on cards. */
  cell: (row: T) => ComponentChildren;
  /** Its words may be long. */
  wraps?: boolean;
}

/** Rows may be chosen: a tick stands before each title. */
export interface Selecting<T> {
  label: (row: T) => string;
  isChosen: (row: T) => boolean;
  onToggle: (row: T) => void;
}

export interface RecordsProps<T> {
  label: string;
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** Where the row leads; null when it may not be opened. */
  hrefOf: (row: T) => string | null;
  /** The words of the link: the first column, and the head of a card. */
  title: (row: T) => ComponentChildren;
  titleLabel: string;
  /** Badges beside the title on a card and in their own column of a table. */
  marks: (row: T) => ComponentChildren;
  marksLabel: string;
  columns: readonly Column<T>[];
  select?: Selecting<T>;
}

/** The same rows as a table on a desk and as labelled cards on a phone; each is one real link over its whole face. */
export function Records<T>(props: RecordsProps<T>): JSX.Element {
  return useWide() ? <AsTable {...props} /> : <AsCards {...props} />;
}

function Title<T>({ row, hrefOf, title }: Pick<RecordsProps<T>, "hrefOf" | "title"> & { row: T }): JSX.Element {
  const href = hrefOf(row);
  return href === null ? (
    <span class={css.out}>{title(row)}</span>
  ) : (
    <Link href={href} class={css.cover}>
      {title(row)}
    </Link>
  );
}

/** The title, with its tick beside it while rows are chosen. */
function Named<T>({ row, hrefOf, title, select }: Pick<RecordsProps<T>, "hrefOf" | "title"> & { row: T; select: Selecting<T> | undefined }): JSX.Element {
  if (!select) return <Title row={row} hrefOf={hrefOf} title={title} />;
  return (
    <span class={css.ticked}>
      <label class={css.tick}>
        <input
          type="checkbox"
          aria-label={select.label(row)}
          checked={select.isChosen(row)}
          onChange={() => {
            select.onToggle(row);
          }}
        />
      </label>
      <span>
        <Title row={row} hrefOf={hrefOf} title={title} />
      </span>
    </span>
  );
}

function AsTable<T>({ label, rows, keyOf, hrefOf, title, titleLabel, marks, marksLabel, columns, select }: RecordsProps<T>): JSX.Element {
  return (
    <div class={css.scroll}>
      <table class={css.table}>
        <caption class="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{titleLabel}</th>
            {columns.map((column) => (
              <th key={column.id} scope="col">
                {column.label}
              </th>
            ))}
            <th scope="col">{marksLabel}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <td>
                <Named row={row} hrefOf={hrefOf} title={title} select={select} />
              </td>
              {columns.map((column) => (
                <td key={column.id} class={column.wraps ? css.wraps : undefined}>{column.cell(row)}</td>
              ))}
              <td>
                <div class={css.marks}>{marks(row)}</div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AsCards<T>({ label, rows, keyOf, hrefOf, title, marks, columns, select }: RecordsProps<T>): JSX.Element {
  return (
    <ul role="list" class={css.cards} aria-label={label}>
      {rows.map((row) => (
        <li key={keyOf(row)} class={css.card}>
          <div class={css.top}>
            <span class={css.name}>
              <Named row={row} hrefOf={hrefOf} title={title} select={select} />
            </span>
            <span class={css.marks}>{marks(row)}</span>
          </div>
          <dl>
            {columns.map((column) => {
              const cell = column.cell(row);
              return cell === "" || cell === null ? null : (
                <div key={column.id}>
                  <dt>{column.label}</dt>
                  <dd>{cell}</dd>
                </div>
              );
            })}
          </dl>
        </li>
      ))}
    </ul>
  );
}

export interface PagerProps {
  page: number;
  pages: number;
  hrefOf: (page: number) => string;
  state?: Record<string, unknown>;
}

/** Earlier and later pages are links. */
export function Pager({ page, pages, hrefOf, state }: PagerProps): JSX.Element | null {
  if (pages <= 1) return null;
  const kept = state ? { state } : {};
  return (
    <nav class={css.pages} aria-label={t("ui.pages")}>
      {page > 1 ? (
        <LinkButton href={hrefOf(page - 1)} {...kept} rel="prev">
          {t("ui.pages.previous")}
        </LinkButton>
      ) : (
        <Button disabled>{t("ui.pages.previous")}</Button>
      )}
      <span>{t("ui.pages.of", { page, pages })}</span>
      {page < pages ? (
        <LinkButton href={hrefOf(page + 1)} {...kept} rel="next">
          {t("ui.pages.next")}
        </LinkButton>
      ) : (
        <Button disabled>{t("ui.pages.next")}</Button>
      )}
    </nav>
  );
}

/** How the rows are put in order. */
export function SortSelect({ value, options, onValue }: { value: string; options: readonly Option[]; onValue: (value: string) => void }): JSX.Element {
  const wide = useWide();
  return (
    <label class={css.sort}>
      <span class={wide ? undefined : "visually-hidden"}>{t("ui.sort")}</span>
      <Select value={value} empty={null} options={options} onValue={onValue} />
    </label>
  );
}

/** A row of filter chips that scrolls sideways on a phone. */
export function ChipRow({ label, children, className }: { label: string; children?: ComponentChildren; className?: string }): JSX.Element {
  return (
    <div class={cx(css.chips, className)} role="group" aria-label={label}>
      {children}
    </div>
  );
}
