import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/compat";
import { t } from "~/lib/i18n";
import { stable } from "~/lib/json";
import { Button, Checkbox, Muted, Notice, Row, Stack } from "~/ui";
import css from "./build.module.css";
import { brokenBy, findings } from "./conditions/checking";
import { GroupOf } from "./conditions/GroupOf";
import { newGroup, newLine, readCondition, replaced, untouched, writeCondition, type Group, type Node, type Read } from "./conditions/tree";
import { nodeWords, useLookable } from "./conditions/words";
import type { ConditionBuilderProps } from "./types";

interface Held {
  /** What was given or sent last: as long as it is what is given, the tree stands. */
  readonly stored: string;
  readonly read: Read;
}

/** A condition in sentences: which question, what is said about it, which answer; several of them in groups. */
export function ConditionBuilder({ value, onChange, about = "question", owner, closed = false, ...given }: ConditionBuilderProps): JSX.Element {
  const known = useLookable(given);
  const stored = stable(value ?? null);
  const [held, hold] = useState<Held>(() => ({ stored, read: readCondition(value, known.kindOf) }));
  const fresh = useMemo(() => (held.stored === stored ? null : readCondition(value, known.kindOf)), [held, stored, value, known]);
  const { top, off, broken } = fresh ?? held.read;
  const found = useMemo(() => findings(top, known, owner), [top, known, owner]);
  const tooDeep = useMemo(() => brokenBy(writeCondition(top, off, known.kindOf)), [top, off, known]);
  const box = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | null>(null);
  const own = useId();
  useEffect(() => {
    if (wanted.current === null) return;
    const selector = wanted.current;
    wanted.current = null;
    box.current?.querySelector<HTMLElement>(selector)?.focus();
  });

  const change = (next: Group | null, nextOff = off): void => {
    const nextTop = next !== null && next.members.length === 0 ? null : next;
    const written = writeCondition(nextTop, nextOff && nextTop !== null, known.kindOf);
    const wrong = findings(nextTop, known, owner).filter((one) => one.tone === "wrong").length + (brokenBy(written) === null ? 0 : 1);
    hold({ stored: stable(written), read: { top: nextTop, off: nextOff && nextTop !== null, broken: null } });
    onChange(written, wrong);
  };
  const put = (id: string, next: Node | null): void => {
    if (top === null) return;
    if (next === null) wanted.current = "[data-add]";
    if (id !== top.id) change(replaced(top, id, next));
    else change(next?.kind === "group" ? next : null);
  };
  const add = (group: Group | null): void => {
    const line = newLine();
    wanted.current = `#${line.id}-question`;
    if (group === null || top === null) change(newGroup("all", [line]));
    else put(group.id, { ...newGroup(group.how, [...group.members, line]), id: group.id });
  };
  const addGroup = (group: Group): void => {
    const line = newLine();
    wanted.current = `#${line.id}-question`;
    put(group.id, { ...newGroup(group.how, [...group.members, newGroup(group.how === "any" ? "all" : "any", [line])]), id: group.id });
  };

  if (broken !== null) {
    return (
      <Stack gap={2}>
        <Notice
          tone="warn"
          title={t("admin.build.broken.title")}
          actions={
            closed ? null : (
              <Button
                icon="trash"
                onClick={() => {
                  change(null, false);
                }}
              >
                {t("admin.build.remove_condition")}
              </Button>
            )
          }
        >
          {t("admin.build.broken.text", { why: t(`admin.build.broken.${broken}`) })}
        </Notice>
        <pre class={css.stored} dir="ltr" tabIndex={0} aria-label={t("admin.build.broken.stored")}>
          {JSON.stringify(value, null, 2)}
        </pre>
      </Stack>
    );
  }
  const isList = Array.isArray(value) && top?.was !== undefined;
  return (
    <div ref={box} class={css.builder} role="group" aria-labelledby={`${own}-intro`}>
      {top === null ? (
        <>
          <p id={`${own}-intro`} class={css.intro}>
            {t(`admin.build.none.${about}`)}
          </p>
          {closed ? null : (
            <Row>
              <Button
                icon="plus"
                data-add
                onClick={() => {
                  add(null);
                }}
              >
                {t("admin.build.add")}
              </Button>
            </Row>
          )}
        </>
      ) : (
        <>
          <p id={`${own}-intro`} class={css.intro}>
            {t(`admin.build.when.${about}`)}
          </p>
          <GroupOf group={top} known={known} found={found} closed={closed} depth={0} put={put} add={add} addGroup={addGroup} />
          {tooDeep === null ? null : (
            <Notice tone="danger" alert>
              {t("admin.build.broken.text", { why: t(`admin.build.broken.${tooDeep}`) })}
            </Notice>
          )}
          {isList ? null : (
            <Checkbox
              checked={off}
              disabled={closed}
              label={t("admin.build.off")}
              onChecked={(on) => {
                change(top, on);
              }}
            />
          )}
          {found.some((one) => one.tone === "wrong") ? null : (
            <p class={css.words}>
              <Muted small>{t("admin.build.in_words")}</Muted> <bdi>{nodeWords(untouched(top), known)}</bdi>
            </p>
          )}
        </>
      )}
    </div>
  );
}
