import type { JSX } from "preact";
import { useWatched, watched } from "~/lib/watched";
import { t } from "~/lib/i18n";
import { Icon, type IconName } from "./icons";
import css from "./toast.module.css";

interface Said {
  id: number;
  text: string;
  icon: IconName | null;
  action: { label: string; run: () => void } | null;
}

const said = watched<readonly Said[]>([]);
let count = 0;

export interface SayOptions {
  icon?: IconName;
  /** One way on, such as undoing what was just done; the message then stays longer. */
  action?: { label: string; run: () => void };
}

/** Says a short thing: shown for some seconds and read out politely. Never for something that must not be missed. */
export function say(text: string, options: SayOptions = {}): void {
  const id = ++count;
  said.update((all) => [...all.slice(-2), { id, text, icon: options.icon ?? null, action: options.action ?? null }]);
  setTimeout(
    () => {
      dismiss(id);
    },
    options.action ? 12_000 : 5_000,
  );
}

function dismiss(id: number): void {
  said.update((all) => all.filter((one) => one.id !== id));
}

/** Where `say` appears; stands once in the app. */
export function Announcer(): JSX.Element {
  const all = useWatched(said);
  return (
    <div class={css.stack} role="status" aria-live="polite">
      {all.map((one) => (
        <div key={one.id} class={css.toast}>
          {one.icon ? <Icon name={one.icon} /> : null}
          <span>{one.text}</span>
          {one.action ? (
            <button
              type="button"
              onClick={() => {
                dismiss(one.id);
                one.action?.run();
              }}
            >
              {one.action.label}
            </button>
          ) : (
            <button
              type="button"
              aria-label={t("ui.close")}
              onClick={() => {
                dismiss(one.id);
              }}
            >
              <Icon name="close" size={18} />
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
