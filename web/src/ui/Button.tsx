import type { ComponentChildren, JSX, Ref } from "preact";
import { cx } from "~/lib/classes";
import { hrefOf, navigate } from "~/lib/router";
import { Icon, type IconName } from "./icons";
import css from "./Button.module.css";

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger" | "link";

export interface ButtonProps extends Omit<JSX.IntrinsicElements["button"], "icon" | "loading"> {
  look?: ButtonLook;
  icon?: IconName;
  wide?: boolean;
  /** At work: stays focusable and says so, and takes no second press. */
  busy?: boolean;
  children?: ComponentChildren;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "secondary", icon, wide, busy, children, onClick, class: _c, className, ...rest }: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...(rest as object)}
      aria-busy={busy ? "true" : undefined}
      onClick={busy ? undefined : onClick}
      class={cx(css.button, css[look], wide && css.wide, className as string)}
    >
      {busy ? <span class={css.spinner} aria-hidden="true" /> : icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "look" | "icon"> {
  icon: IconName;
  label: string;
  pressed?: boolean;
}

/** A button that is only a drawing; its name is read out and shown on hover. */
export function IconButton({ icon, label, pressed, busy: _b, wide: _w, class: _c, className, ...rest }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      title={label}
      {...(rest as object)}
      aria-label={label}
      aria-pressed={pressed}
      class={cx(css.button, css.icon, pressed && css.pressed, className as string)}
    >
      <Icon name={icon} />
    </button>
  );
}

export interface LinkProps extends Omit<JSX.IntrinsicElements["a"], "href"> {
  /** A path inside the app, such as `/cases/new`. */
  href: string;
  state?: Record<string, unknown>;
  replace?: boolean;
}

/** A real link: opens in a new tab when asked to, else goes without reloading. */
export function Link({ href, state, replace, onClick, ...rest }: LinkProps): JSX.Element {
  return (
    <a
      {...(rest as object)}
      href={hrefOf(href)}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(href, { ...(state ? { state } : {}), ...(replace ? { replace } : {}) });
      }}
    />
  );
}

export interface LinkButtonProps extends LinkProps {
  look?: ButtonLook;
  icon?: IconName;
  wide?: boolean;
}

/** A link that looks like a button. */
export function LinkButton({ look = "secondary", icon, wide, children, class: _c, className, ...rest }: LinkButtonProps): JSX.Element {
  return (
    <Link {...rest} class={cx(css.button, css[look], wide && css.wide, className as string)}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </Link>
  );
}
