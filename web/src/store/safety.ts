import { ownerOf, type Sessions } from "./session";
import type { Guard } from "./guard";
import type { Vault } from "./vault";
import type { Wrapping } from "./vault/database";
import { random } from "./vault/keys";
import { askPasskey, makePasskey, passkeysPossible } from "./vault/passkey";

export interface Passkey {
  id: string;
  name: string;
  madeAt: string;
}

/** What became of removing an account's things from this device. */
export type Removal =
  | { state: "removed"; handedOver: number }
  /** So much was never sent and could not be handed over now: it would be lost. */
  | { state: "unsent"; count: number };

/** What is told to the server when an account's things leave this device. */
export interface Leaving {
  /** Gives the server what is unsent of an account, sealed as it lies there; true when nothing is left. */
  handOver(owner: string): Promise<boolean>;
  /** Clears, and remembers that the server has to revoke this device for it. */
  leave(owner: string, clear: () => Promise<void>): Promise<void>;
  /** Tells the server now; where it cannot be reached, at the next contact. */
  sayFarewells(): Promise<void>;
}

const REMEMBERED = "user_name";

/** How her things on this device are closed and opened, beside the password: passkeys, the PIN, a remembered name, removal. */
export class Safety {
  constructor(
    private readonly vault: Vault,
    private readonly sessions: Sessions,
    private readonly leaving: Leaving,
  ) {}

  get guard(): Guard {
    return this.sessions.guard;
  }

  /** Closes the screen if a PIN is set, the whole vault if not. */
  close(reason: "idle" | "locked"): void {
    if (!this.guard.lock()) this.drop(reason);
  }

  /** Drops the key, PIN or not. */
  drop(reason: "idle" | "locked"): void {
    this.sessions.lock(reason);
  }

  /** Somebody is at work in this window; the other windows of the session hear of it. */
  touched(): void {
    this.sessions.touched();
  }
  /** Calls the listener when another window of the session is touched. */
  onTouched(listener: (() => void) | null): void {
    this.sessions.onTouched = listener;
  }

  /** Whether a passkey of some account on this device may be asked for. */
  async offersPasskey(): Promise<boolean> {
    return passkeysPossible() && (await this.byPasskey()).length > 0;
  }

  /** Opens by the passkey that answers; false when none did. */
  async openByPasskey(): Promise<boolean> {
    const known = await this.byPasskey();
    const given = await askPasskey(known.map(({ means }) => means));
    const answering = given && known.find(({ means }) => same(means.credential, given.credential));
    if (!answering) return false;
    return this.sessions.signInBy(() => this.vault.unlockBy(answering.wrapping, given.answer));
  }

  /** Those of the account whose vault is open. */
  async passkeys(): Promise<Passkey[]> {
    const owner = this.vault.owner;
    if (owner === null) return [];
    return (await this.byPasskey(owner)).map(({ wrapping: { id }, means: { name, madeAt } }) => ({ id, name, madeAt }));
  }

  /** One more way to open, after the password proved that it is she. */
  async addPasskey(name: string, password: string): Promise<"added" | "wrong" | "unable"> {
    if (!(await this.vault.isOpenedBy(password))) return "wrong";
    const salt = random(32);
    const made = await makePasskey(name, salt);
    if (!made) return "unable";
    const means: Wrapping["means"] = { by: "passkey", salt, credential: made.credential, name, madeAt: new Date().toISOString() };
    return (await this.vault.wrapBy(means, made.answer, password)) ? "added" : "wrong";
  }

  async dropPasskey(id: string): Promise<void> {
    await this.vault.dropWrapping(id);
  }

  /** The names that workers chose to be shown on this device's sign-in screen. */
  async remembered(): Promise<string[]> {
    return (await this.vault.allOpen(REMEMBERED)).map(({ value }) => value).filter((value) => typeof value === "string");
  }

  async remember(userName: string, wanted: boolean): Promise<void> {
    const owner = await ownerOf(userName);
    if (wanted) await this.vault.putOpen(owner, REMEMBERED, userName.trim());
    else await this.vault.dropOpen(owner, REMEMBERED);
  }

  /**
   * Everything of an account leaves this device, whether or not its vault can be opened. What is unsent is handed over
   * first; where that cannot be done, nothing is removed unless she says so knowing how much is lost. The server revokes
   * the device for this account: at once, or at the next contact.
   */
  async remove(userName: string, anyway = false): Promise<Removal> {
    const owner = await ownerOf(userName);
    const items = await this.vault.count(owner, "item");
    const sealed = (await this.vault.handovers(owner)).length;
    await this.leaving.handOver(owner).catch(() => false);
    const stillHere = (await this.vault.handovers(owner)).length;
    // What was never sealed for the server cannot be handed over by anybody but her.
    const left = stillHere + Math.max(0, items - sealed);
    if (left > 0 && !anyway) return { state: "unsent", count: left };
    const open = this.vault.owner === owner;
    await this.leaving.leave(owner, () => this.vault.wipe(owner));
    // First, while the session lives: her leaving stands in the books as hers.
    if (open) await this.sessions.signOut();
    await this.leaving.sayFarewells();
    return { state: "removed", handedOver: sealed - stillHere };
  }

  private async byPasskey(owner?: string): Promise<{ wrapping: Wrapping; means: Extract<Wrapping["means"], { by: "passkey" }> }[]> {
    const found = await this.vault.presentWrappings(owner);
    return found.flatMap((wrapping) => (wrapping.means.by === "passkey" ? [{ wrapping, means: wrapping.means }] : []));
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
