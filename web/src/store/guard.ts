import { isObject } from "~/lib/json";
import { watched, type Watched } from "~/lib/watched";
import type { Vault } from "./vault";

/** How this worker wants her device to be closed; sealed with the rest. */
export interface Closing {
  /** Minutes without a touch until the PIN is asked. */
  minutes: number;
  /** The privacy cover lifts by a tap, or by the PIN. */
  cover: "tap" | "pin";
}

export const MINUTES = [1, 2, 5, 10, 15] as const;
export const MOST_TRIES = 5;
const DEFAULT: Closing = { minutes: 5, cover: "tap" };
const DROP_MINUTES = 30;
const FIELD_DROP_MINUTES = 8 * 60;

interface Kept extends Closing {
  pin: { salt: string; digest: string } | null;
}

export interface GuardState extends Closing {
  hasPin: boolean;
  /** The key stands in memory, the screen is closed until the PIN or the password comes. */
  locked: boolean;
  tries: number;
  fieldMode: boolean;
}

const NOTHING: GuardState = { ...DEFAULT, hasPin: false, locked: false, tries: 0, fieldMode: false };

/** Whether these digits may be a PIN. */
export function isPin(text: string): boolean {
  return /^\d{4,8}$/.test(text);
}

/**
 * The screen of an open vault: locked for a moment by a PIN, closed for good after a longer while. The PIN opens nothing
 * that lies on the device: it is only asked while the key stands in memory, and five wrong ones drop that key.
 */
export class Guard {
  private readonly now = watched<GuardState>(NOTHING);
  private kept: Kept | null = null;
  private checking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly vault: Vault,
    /** Five wrong PINs. */
    private readonly drop: (reason: "pin") => void,
    /** The other windows of the session follow. */
    private readonly tell: (locked: boolean, tries: number) => void,
  ) {}

  get state(): Watched<GuardState> {
    return this.now;
  }

  /** Minutes after which the key goes when nobody touches the device. */
  get dropMinutes(): number {
    return this.now.get().fieldMode ? FIELD_DROP_MINUTES : DROP_MINUTES;
  }

  /** The vault was opened: by the password or a passkey, or handed on by a page whose screen may have been locked. */
  async load(before: { locked: boolean; tries: number } | null = null): Promise<void> {
    this.kept = readKept(await this.vault.get("kept", "closing"));
    const owner = this.vault.owner;
    const fieldMode = owner !== null && (await this.vault.getOpen(owner, "field_mode")) === true;
    const { minutes, cover, pin } = this.kept;
    this.now.set({ minutes, cover, hasPin: pin !== null, fieldMode, locked: pin !== null && before?.locked === true, tries: before?.tries ?? 0 });
  }

  forget(): void {
    this.kept = null;
    this.now.set(NOTHING);
  }

  /** False where no PIN is set: then only dropping the key closes the device. */
  lock(): boolean {
    const state = this.now.get();
    if (!state.hasPin) return false;
    if (!state.locked) this.move({ locked: true });
    return true;
  }

  /** One try after another, so that five wrong ones are five. */
  unlock(pin: string): Promise<"open" | "wrong" | "dropped"> {
    const trying = this.checking.then(() => this.try(pin));
    this.checking = trying.catch(() => undefined);
    return trying;
  }

  private async try(pin: string): Promise<"open" | "wrong" | "dropped"> {
    const known = this.kept?.pin;
    if (!known) return "dropped";
    if ((await digestOf(known.salt, pin)) === known.digest) {
      this.move({ locked: false, tries: 0 });
      return "open";
    }
    const tries = this.now.get().tries + 1;
    if (tries >= MOST_TRIES) {
      this.drop("pin");
      return "dropped";
    }
    this.move({ tries });
    return "wrong";
  }

  /** Who forgot the PIN has the password still. */
  async unlockByPassword(password: string): Promise<boolean> {
    if (!(await this.vault.isOpenedBy(password))) return false;
    this.move({ locked: false, tries: 0 });
    return true;
  }

  /** Another window of the session locked, opened, or tried a wrong PIN. */
  follow(locked: boolean, tries: number): void {
    if (this.now.get().hasPin) this.now.update((state) => ({ ...state, locked, tries }));
  }

  /** Null takes the PIN away; what needed it goes back to a tap. */
  async setPin(pin: string | null): Promise<void> {
    if (pin !== null && !isPin(pin)) throw new Error("not a PIN");
    const salt = crypto.randomUUID();
    const before = this.kept ?? { ...DEFAULT, pin: null };
    await this.keep(pin === null ? { ...before, cover: "tap", pin: null } : { ...before, pin: { salt, digest: await digestOf(salt, pin) } });
  }

  async setClosing(closing: Partial<Closing>): Promise<void> {
    await this.keep({ ...(this.kept ?? { ...DEFAULT, pin: null }), ...closing });
  }

  /** Days in the field: the key stays longer in memory. Also read by who reports on the device while it is locked. */
  async setFieldMode(on: boolean): Promise<void> {
    if (this.vault.owner === null) return;
    await this.vault.putOpen(this.vault.owner, "field_mode", on);
    this.now.update((state) => ({ ...state, fieldMode: on }));
  }

  private async keep(kept: Kept): Promise<void> {
    await this.vault.put("kept", "closing", kept);
    this.kept = kept;
    this.now.update((state) => ({ ...state, minutes: kept.minutes, cover: kept.cover, hasPin: kept.pin !== null, tries: 0 }));
  }

  private move(change: Partial<Pick<GuardState, "locked" | "tries">>): void {
    this.now.update((state) => ({ ...state, ...change }));
    const { locked, tries } = this.now.get();
    this.tell(locked, tries);
  }
}

function readKept(value: unknown): Kept {
  if (!isObject(value)) return { ...DEFAULT, pin: null };
  const pin = value["pin"];
  return {
    minutes: typeof value["minutes"] === "number" ? value["minutes"] : DEFAULT.minutes,
    cover: value["cover"] === "pin" ? "pin" : "tap",
    pin: isObject(pin) && typeof pin["salt"] === "string" && typeof pin["digest"] === "string" ? { salt: pin["salt"], digest: pin["digest"] } : null,
  };
}

async function digestOf(salt: string, pin: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${salt}:${pin}`));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
