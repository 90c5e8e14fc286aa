import type { ComponentChildren, JSX } from "preact";
import { useId, useRef } from "preact/compat";
import { Link, Button, IconButton, type ButtonLook } from "./Button";
import { Icon, type IconName } from "./icons";
import css from "./Menu.module.css";

export interface MenuItem {
  id: string;
  label: ComponentChildren;
  icon?: IconName;
  /** Leads somewhere. */
  href?: string;
  onSelect?: () => void;
  /** One of several, and this is the one. */
  checked?: boolean;
  lang?: string;
}

export interface MenuProps {
  /** The name of the button that opens it. */
  label: string;
  icon?: IconName;
  /** Show the label beside the icon. */
  labelled?: boolean;
  look?: ButtonLook;
  items: readonly MenuItem[];
  head?: ComponentChildren;
}

/** A button with a short list of things to do. Arrow keys move, Escape closes, the platform does the rest. */
export function Menu({ label, icon = "more", labelled, look = "quiet", items, head }: MenuProps): JSX.Element {
  const id = useId();
  const popover = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const open = (): void => {
    popover.current?.togglePopover();
  };
  const placed = (event: Event): void => {
    const menu = popover.current;
    const button = trigger.current;
    if (!menu || !button) return;
    const isOpen = (event as ToggleEvent).newState === "open";
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    const from = button.getBoundingClientRect();
    const size = menu.getBoundingClientRect();
    const rtl = getComputedStyle(menu).direction === "rtl";
    const left = rtl ? from.left : from.right - size.width;
    menu.style.left = `${String(Math.round(Math.max(8, Math.min(left, innerWidth - size.width - 8))))}px`;
    const below = from.bottom + 4;
    menu.style.top = `${String(Math.round(below + size.height > innerHeight - 8 ? Math.max(8, from.top - size.height - 4) : below))}px`;
    entries(menu)[0]?.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    const menu = popover.current;
    if (!menu) return;
    const all = entries(menu);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = event.key === "ArrowDown" ? at + 1 : event.key === "ArrowUp" ? at - 1 : event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : null;
    if (event.key === "Tab") menu.hidePopover();
    if (to === null) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  };
  const choose = (item: MenuItem): void => {
    popover.current?.hidePopover();
    trigger.current?.focus();
    item.onSelect?.();
  };
  const shared = { ref: trigger, "aria-haspopup": "menu" as const, "aria-expanded": "false" as const, "aria-controls": id, onClick: open };
  return (
    <>
      {labelled ? (
        <Button look={look} icon={icon} {...shared}>
          {label}
        </Button>
      ) : (
        <IconButton icon={icon} label={label} {...shared} />
      )}
      <div ref={popover} id={id} class={css.menu} popover="auto" onToggle={placed} onKeyDown={keys}>
        {head ? <div class={css.head}>{head}</div> : null}
        <div role="menu" aria-label={label}>
          {items.map((item) =>
            item.href === undefined ? (
              <button
                key={item.id}
                type="button"
                class={css.item}
                lang={item.lang}
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.checked}
                onClick={() => {
                  choose(item);
                }}
              >
                {item.icon ? <Icon name={item.icon} /> : null}
                <span>{item.label}</span>
                {item.checked ? <Icon name="check" size={18} /> : null}
              </button>
            ) : (
              <Link
                key={item.id}
                href={item.href}
                class={css.item}
                role="menuitem"
                onClick={() => {
                  popover.current?.hidePopover();
                }}
              >
                {item.icon ? <Icon name={item.icon} /> : null}
                <span>{item.label}</span>
              </Link>
            ),
          )}
        </div>
      </div>
    </>
  );
}

function entries(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
}
