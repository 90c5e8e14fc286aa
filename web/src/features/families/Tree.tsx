import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/compat";
import { cx } from "~/lib/classes";
import { t } from "~/lib/i18n";
import { Badge, Code, Icon, Muted } from "~/ui";
import css from "./families.module.css";
import { bandsOf, pathOf, tiesOf, type Box, type Member } from "./kinship";

export interface TreeProps {
  members: readonly Member[];
  /** How somebody stands to the family, in the words of the instance. */
  relationOf: (member: Member) => string;
  /** The child from whose case one looks. */
  self?: string;
  onOpen: (member: Member) => void;
}

/**
 * The family by generations, with lines from parents to children. It is a list of lists to whoever hears it or goes by
 * keyboard; the lines only repeat what the words say.
 */
export function Tree({ members, relationOf, self, onOpen }: TreeProps): JSX.Element {
  const bands = useMemo(() => bandsOf(members), [members]);
  const ties = useMemo(() => tiesOf(members), [members]);
  const { ground, size, boxes, rtl } = useBoxes(bands);
  const box = useRef<HTMLDivElement>(null);
  const step = (event: KeyboardEvent): void => {
    const way = ({ ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" } as const)[event.key];
    const at = document.activeElement instanceof HTMLElement ? (document.activeElement.dataset["member"] ?? "") : "";
    const next = way === undefined ? null : nearest(at, way, boxes);
    if (next === null) return;
    event.preventDefault();
    box.current?.querySelector<HTMLElement>(`[data-member="${CSS.escape(next)}"]`)?.focus();
  };
  return (
    <div ref={box} class={css.tree} onKeyDown={step}>
      <div ref={ground} class={css.ground}>
        <svg class={css.lines} width={size.width} height={size.height} aria-hidden="true">
          {ties.map((tie) => (
            <path key={tie.to.join(" ")} d={pathOf(tie, boxes, rtl)} />
          ))}
        </svg>
        {bands.map(({ generation, members: here }) => (
          <section key={generation} class={css.band} aria-label={t(`families.generation.${generation}`)}>
            <p class={css.generation} aria-hidden="true">
              <span>{t(`families.generation.${generation}`)}</span>
            </p>
            <ul role="list" class={css.people}>
              {here.map((member) => (
                <li key={member.id}>
                  <button type="button" data-member={member.id} class={cx(css.person, member.id === self && css.self, member.dead && css.dead)} aria-current={member.id === self ? "true" : undefined} onClick={() => { onOpen(member); }}>
                    <Person member={member} relation={relationOf(member)} self={member.id === self} />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

/** What one sees of somebody at first sight. */
export function Person({ member, relation, self = false }: { member: Member; relation: string; self?: boolean }): JSX.Element {
  return (
    <>
      <strong class={css.name}>
        <NameOf member={member} />
      </strong>
      <span class={css.about}>
        {self ? <span>{t("families.self")}</span> : relation === "" ? null : <span dir="auto">{relation}</span>}
        {member.age === null ? null : <span>{t(member.ageEstimated ? "families.age.about" : "families.age", { age: member.age })}</span>}
        {member.dead ? <span>{t("families.dead")}</span> : null}
      </span>
      {member.caregiver || member.caseId !== null ? (
        <span class={css.marks}>
          {member.caregiver ? (
            <Badge tone="accent" icon="shield">
              {t("families.caregiver")}
            </Badge>
          ) : null}
          {member.caseId === null ? null : (
            <Muted small>
              <Icon name="cases" size={16} /> {member.caseCode === "" ? t("families.has_case") : <Code>{member.caseCode}</Code>}
            </Muted>
          )}
        </span>
      ) : null}
    </>
  );
}

/** The name, or that there is none to be seen. */
export function NameOf({ member }: { member: Member }): JSX.Element {
  if (/^\*+$/.test(member.name))
    return (
      <>
        <Icon name="eyeOff" size={16} /> {t("cases.name.hidden")}
      </>
    );
  return member.name === "" ? <Muted>{t("cases.name.none")}</Muted> : <bdi>{member.name}</bdi>;
}

type Way = "up" | "down" | "left" | "right";

/** Whoever is next on the screen in that direction. */
export function nearest(from: string, way: Way, boxes: ReadonlyMap<string, Box>): string | null {
  const here = boxes.get(from);
  if (here === undefined) return null;
  const [along, sign] = ({ up: ["y", -1], down: ["y", 1], left: ["x", -1], right: ["x", 1] } as const)[way];
  const across = along === "x" ? "y" : "x";
  const middle = (box: Box): { x: number; y: number } => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const start = middle(here);
  let best: { id: string; distance: number } | null = null;
  for (const [id, box] of boxes) {
    const there = middle(box);
    const ahead = (there[along] - start[along]) * sign;
    if (id === from || ahead < 4) continue;
    const distance = ahead + 2 * Math.abs(there[across] - start[across]);
    if (best === null || distance < best.distance) best = { id, distance };
  }
  return best?.id ?? null;
}

interface Measured {
  size: { width: number; height: number };
  boxes: ReadonlyMap<string, Box>;
  rtl: boolean;
}

/** Where the cards stand, measured anew whenever they move. */
function useBoxes(bands: unknown): Measured & { ground: { current: HTMLDivElement | null } } {
  const ground = useRef<HTMLDivElement>(null);
  const [found, setFound] = useState<Measured>({ size: { width: 0, height: 0 }, boxes: new Map(), rtl: false });
  useEffect(() => {
    const element = ground.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const origin = element.getBoundingClientRect();
      const boxes = new Map<string, Box>();
      for (const card of element.querySelectorAll<HTMLElement>("[data-member]")) {
        const { left, top, width, height } = card.getBoundingClientRect();
        boxes.set(card.dataset["member"] ?? "", { x: left - origin.left, y: top - origin.top, width, height });
      }
      setFound({ size: { width: origin.width, height: origin.height }, boxes, rtl: getComputedStyle(element).direction === "rtl" });
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => {
      watcher.disconnect();
    };
  }, [bands]);
  return { ground, ...found };
}
