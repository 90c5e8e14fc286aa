// One device and who works on it: what they do, what goes wrong, and what must lie here when all is quiet.

import { Died, pause } from "./browser.mjs";
import { rowsOf, tokensIn } from "./draw.mjs";

export const TEXTS = ["name_last", "name_nickname", "consent_reason"];
export const ROWS = "notes_section";
export const STEPS = 10;
export const HOUR = 3_600_000;
const PATIENCE_MS = 60_000;

export class Device {
  constructor(story, people, browser, draw) {
    Object.assign(this, { story, people, browser, draw, person: people[0], life: null, left: new Map() });
  }

  where() {
    return `by ${this.person} on ${this.story.devices.indexOf(this)}`;
  }

  /** A page is opened; whoever works here must sign in. */
  async open() {
    const life = this.browser.begin();
    const { Remote, Vault } = life.app;
    this.life = life;
    this.remote = new Remote(await this.within(Vault.open("cpims", 8)));
    const known = new Map();
    this.remote.outbox.items.watch(() => {
      if (life.dead) return;
      const items = new Map(this.remote.outbox.items.get().map((item) => [item.id, item]));
      for (const [id, item] of items) if (known.get(id)?.state !== item.state) this.story.keep(item, `${this.where()}: ${item.state}${(item.refusal?.problems ?? []).map((one) => ` ${one.code}`).join("")}`, this.where());
      for (const [id, item] of known) if (!items.has(id)) this.story.keep(item, `${this.where()}: away (${this.doing})`);
      known.clear();
      for (const [id, item] of items) known.set(id, item);
    });
    await this.within(this.remote.start());
  }

  /** Waits for work of the page, while time goes on for it; a page that is gone answers nothing. */
  async within(work) {
    const { life } = this;
    let done = false;
    const ends = work.finally(() => (done = true));
    ends.catch(() => undefined);
    const begun = performance.now();
    const clock = (async () => {
      for (let waited = 15; !done; waited += 20) {
        await pause(waited);
        if (life.dead) throw new Died();
        if (performance.now() - begun > PATIENCE_MS) throw new Error(`hangs ${this.where()}: ${this.doing}`);
        if (waited > 100) this.browser.pass(9_000);
      }
    })();
    return Promise.race([ends, clock.then(() => ends), life.gone.then(() => Promise.reject(new Died()))]);
  }

  /** Tries; a failure of line or server, or the end of the page, is part of the story. Anything else is a fault. */
  async attempt(doing, work) {
    this.doing = doing;
    try {
      return await work();
    } catch (error) {
      if (error instanceof Died || this.life.dead) return null;
      if (["Refusal", "Unreachable"].includes(error?.name ?? "") || error?.message === "the line broke" || error?.message === "offline") return null;
      this.story.problem(`${doing} ${this.where()} raised ${error?.stack ?? String(error)}`);
      return null;
    }
  }

  async live() {
    const { draw } = this;
    await this.attempt("open", () => this.open());
    await this.attempt("sign in", () => this.signIn(this.person));
    await this.attempt("sync", () => this.sync());
    await this.attempt("pin", () => this.pin());
    await this.line();
    for (let step = 0; step < STEPS; step++) {
      if (this.life.dead) await this.attempt("open", () => this.open());
      await this.attempt("sign in", () => this.signIn(this.person));
      const what = draw.weighted({ edit: 36, register: 4, resolve: 10, sync: 6, pin: 4, pinInPull: 4, restart: 3, die: 7, dieInPull: 5, unheard: 7, contest: 6, other: 2, line: 12, clock: 2, takeBack: 1, pass: 2 });
      await this.attempt(what, () => this[what]());
      await pause(draw.below(30));
    }
    // What a page that died in a pull left behind is seen best where nothing else heals it.
    if (draw.chance(0.4)) await this.attempt("dieInPull", () => this.dieInPull());
  }

  async signIn(person) {
    const { user_name } = this.story.people[person];
    const state = this.remote.session.get();
    if (state.status === "in" && !state.expired) {
      if (state.session.userName === user_name) return;
      await this.within(this.remote.signOut());
    }
    await this.within(this.remote.signIn(user_name, this.story.password));
  }

  get isIn() {
    const state = this.remote.session.get();
    return state.status === "in" && state.session.userName === this.story.people[this.person].user_name;
  }

  async line() {
    const before = this.browser.line.state;
    this.browser.line.state = this.draw.weighted({ on: 2, bad: 4, off: 4 });
    if (before === "off" && this.browser.line.state !== "off") this.life.call("online");
  }
  async clock() {
    this.browser.skew += this.draw.of([-HOUR, HOUR, -26 * HOUR, 600_000, -600_000]);
  }
  async pass() {
    this.browser.pass(this.draw.of([3_000, 20_000, 200_000, HOUR]));
  }
  /** The battery will be empty soon: before or after a write, or somewhere in a request. */
  async die() {
    const kind = this.draw.of(["write", "write", "write", "request"]);
    const when = kind === "write" ? this.draw.of(["before", "after"]) : this.draw.of(["before", "cut", "after"]);
    this.life.dying = { kind, left: 1 + this.draw.below(kind === "write" ? 9 : 5), when };
  }
  /** It is empty while a page of the feed is being written. */
  async dieInPull() {
    if (!this.isIn) return;
    this.browser.line.state = "on";
    await this.story.ask("seal", { most: 20 + this.draw.below(100) });
    this.dieWriting(3);
    await this.within(this.remote.kept.sync());
  }
  dieWriting(most) {
    this.life.dying = { kind: "write", left: 1 + this.draw.below(most), when: this.draw.of(["before", "after"]) };
  }

  /** The server does it, and nobody hears; perhaps somebody writes over it before it is sent again. */
  async unheard() {
    if (!this.isIn) return;
    if (this.browser.line.state === "off") this.browser.line.state = "on";
    this.browser.line.unheard = /sync\/deliver/;
    const put = await (this.draw.chance(0.4) ? this.register() : this.edit());
    this.browser.line.unheard = null;
    const name = Object.keys(put?.data ?? {}).find((one) => TEXTS.includes(one));
    if (name !== undefined && this.draw.chance(0.7)) await this.story.amends(name, { record: put.id });
    await this.within(this.remote.outbox.hurry());
  }

  /** She types while somebody at the office answers the same question. */
  async contest() {
    const ids = this.isIn ? this.candidates() : [];
    const seen = ids.length > 0 ? await this.look(this.draw.of(ids)) : null;
    if (seen === null || !this.isIn) return;
    if (seen.refused.length > 0) return this.settle(seen);
    const name = this.draw.of(TEXTS);
    await this.story.amends(name, { record: seen.id });
    await this.put(seen, { [name]: this.story.token() });
    if (!this.draw.chance(0.7)) return;
    if (this.draw.chance(0.5)) this.dieWriting(4);
    await this.resolve();
  }

  async restart() {
    this.life.die();
  }
  async other() {
    this.person = this.draw.of(this.people);
    await this.signIn(this.person);
  }
  async sync() {
    if (!this.isIn) return;
    await this.within(Promise.all([this.remote.kept.sync(), this.remote.outbox.flush(true)]));
  }
  async pin() {
    if (this.isIn && this.story.cases.length > 0) await this.within(this.remote.kept.pin(this.draw.of(this.story.cases), this.draw.chance(0.8)));
  }
  /** A case goes to somebody else, and she pins or unpins it while the answer is on its way that tells so. */
  async pinInPull() {
    const ids = this.isIn ? [...this.remote.kept.summaries.get().keys()] : [];
    if (ids.length === 0) return;
    const id = this.draw.of(ids);
    this.browser.line.state = "on";
    await this.story.ask("move", { story: this.story.name, record: id, to: this.draw.of(["amina", "bilal", "dawit"]) });
    await this.story.ask("seal", { most: 200 });
    void this.remote.kept.sync();
    await pause(this.draw.below(40));
    if (this.isIn) await this.within(this.remote.kept.pin(id, this.draw.chance(0.6)));
  }

  async register() {
    if (!this.isIn) return;
    const id = crypto.randomUUID();
    const data = { module_id: "primeromodule-cp", name_first: this.story.token(), age: 9, sex: "female" };
    this.story.cases.push(id);
    this.story.saw(id, "name_first", null, data.name_first);
    await this.save({ kind: "cases", id, create: true, data });
    return { id, data };
  }

  save(save) {
    this.story.stats.saves += 1;
    if (save.act !== "let_answers_go")
      for (const token of tokensIn(save.data)) {
        this.story.puts.set(token, (this.story.puts.get(token) ?? 0) + 1);
        this.story.authors.set(token, this.where());
      }
    return this.within(this.remote.save(save));
  }

  /** A case as the screen shows it: what the server told, or what is kept, with her unsent answers laid over. */
  async look(id) {
    const { layOverMoved, openItems, isKeptForOwner } = this.life.app;
    const record = this.remote.record("cases", id);
    await this.within(record.refresh());
    const { value } = record.get();
    const items = openItems(this.remote.outbox.items.get(), id);
    const refused = items.filter((item) => item.state === "refused" && !isKeptForOwner(item) && item.action !== "let_answers_go");
    if (value === null && !items.some((item) => item.action === "register_case")) return null;
    const { data: shown } = layOverMoved(value?.data ?? { id }, value?.revision ?? null, items.filter((item) => item.state !== "refused"), []);
    return { id, stored: value?.data ?? null, revision: value?.revision ?? null, shown, refused };
  }

  candidates() {
    const own = this.remote.outbox.items.get().filter((item) => item.state !== "confirmed").map((item) => item.record);
    return [...new Set([...this.remote.kept.summaries.get().keys(), ...own])];
  }

  async edit() {
    if (!this.isIn) return;
    const ids = this.candidates();
    if (ids.length === 0) return this.register();
    const seen = await this.look(this.draw.of(ids));
    if (seen === null) return;
    if (seen.refused.length > 0) return this.settle(seen);
    // She thinks, and types; the world goes on.
    await pause(this.draw.below(60));
    if (!this.isIn) return;
    const data = {};
    for (let n = 0; n <= this.draw.below(2); n++) Object.assign(data, this.draw.chance(0.35) ? this.row(seen) : { [this.draw.of(TEXTS)]: this.draw.chance(0.15) ? null : this.story.token() });
    await this.put(seen, data);
    return { id: seen.id, data };
  }

  row({ shown }) {
    const rows = [...rowsOf(shown[ROWS]).keys()];
    if (rows.length === 0 || this.draw.chance(0.5)) return { [ROWS]: [{ unique_id: crypto.randomUUID(), note_text: this.story.token() }] };
    const unique_id = this.draw.of(rows);
    return { [ROWS]: [this.draw.chance(0.3) ? { unique_id, _destroy: true } : { unique_id, note_text: this.story.token() }] };
  }

  /** Saves answers together with what she was shown where she put them. */
  async put({ id, shown, revision, refused }, data) {
    for (const [name, value] of Object.entries(data)) {
      if (name === ROWS) for (const row of value ?? []) this.story.saw(id, `${ROWS}/${row.unique_id}`, rowsOf(shown[ROWS]).get(row.unique_id), row._destroy ? null : row.note_text);
      else this.story.saw(id, name, shown[name], value);
    }
    const values = Object.fromEntries(Object.keys(data).map((name) => [name, shown[name] ?? null]));
    await this.save({ kind: "cases", id, create: false, data, base: { revision: revision ?? 0, values }, replaces: refused.map((item) => item.id) });
  }

  async resolve() {
    if (!this.isIn) return;
    const refused = this.remote.outbox.items.get().filter((item) => item.state === "refused" && item.action !== "let_answers_go");
    if (refused.length === 0) return;
    const seen = await this.look(this.draw.of(refused).record);
    if (seen !== null && seen.refused.length > 0) await this.settle(seen);
  }

  /** Something came back refused: of each answer she keeps hers or the other's. */
  async settle(seen) {
    const { mergeAnswers } = this.life.app;
    this.story.stats.settled += 1;
    if (seen.stored === null || seen.refused.some((item) => item.action === "register_case")) return this.within(this.remote.outbox.retry(seen.refused[0].id));
    const mine = seen.refused.reduce((all, item) => mergeAnswers(all, item.data), {});
    const [kept, lost] = [{}, {}];
    for (const [name, value] of Object.entries(mine)) Object.assign(this.draw.chance(0.5) ? kept : lost, { [name]: value });
    const gone = Object.fromEntries(Object.entries(lost).filter(([, value]) => value !== null));
    if (Object.keys(gone).length > 0) await this.save({ kind: "cases", id: seen.id, create: false, act: "let_answers_go", data: gone });
    if (Object.keys(kept).length > 0) return this.put(seen, kept);
    for (const item of seen.refused) await this.within(this.remote.outbox.takeBack(item.id));
  }

  /** She thinks better of it. */
  async takeBack() {
    const items = this.isIn ? this.remote.outbox.items.get().filter((item) => item.state === "waiting" || item.state === "refused") : [];
    if (items.length === 0) return;
    const item = this.draw.of(items);
    for (const one of [item, ...this.remote.outbox.goesWith(item, this.remote.outbox.items.get())]) for (const token of tokensIn(one.data)) this.story.takenBack.add(token);
    await this.within(this.remote.outbox.takeBack(item.id));
  }

  calm() {
    this.browser.line.state = "on";
    if (this.life !== null) this.life.dying = null;
    this.life?.die();
  }

  /** Comes back without faults and does what is to be done; the last time it is looked at what lies here. */
  async bring(person, isLast = false) {
    this.person = person;
    this.doing = "bring";
    if (this.life.dead) await this.open();
    for (let tries = 0; !(await this.comes(person, isLast)); tries++) {
      if (tries >= 8) return this.story.problem(`no quiet ${this.where()}: ${this.why}; ${String(this.remote.kept.state.get().error?.stack)}`);
      this.browser.pass(400_000);
      await pause(20);
    }
    if (isLast) await this.compare();
  }

  /** Whether everything went well this time. */
  async comes(person, isLast) {
    const { outbox, kept } = this.remote;
    try {
      await this.signIn(person);
      await this.within(outbox.hurry());
      this.why = `session ${JSON.stringify(this.remote.session.get())}, ${outbox.items.get().map((item) => item.state).join(" ")}`;
      if (outbox.items.get().some((item) => item.state === "sending")) return false;
      if (!isLast) {
        if (this.draw.chance(0.6)) await this.resolve();
        await this.within(outbox.hurry());
        return outbox.items.get().every((item) => item.state !== "sending");
      }
      // A pull that runs already may have asked before the book was sealed.
      await this.within(kept.sync());
      const before = kept.state.get().lastSync;
      await this.within(kept.sync());
      // Another sign-in of the same account may have ended this session: then nothing was asked, and she signs in again.
      return kept.state.get().lastSync !== before && kept.state.get().error === null;
    } catch (error) {
      this.why = String(error?.stack);
      // The server counts sign-ins by its own clock, which nobody moves on.
      if (error?.code === "session.too_many_tries") await pause(1_000 * Math.min(error.retryAfter ?? 1, 20));
      if (["Refusal", "Unreachable"].includes(error?.name ?? "")) return false;
      throw error;
    }
  }

  async compare() {
    const { heldBy } = this.life.app;
    // What was confirmed a moment ago may still be on its way into what is kept.
    const vault = await this.within(this.life.app.Vault.open("cpims", 8));
    await vault.unlockAlone(await this.life.app.ownerOf(this.story.people[this.person].user_name), this.story.password);
    // One password opens one key: of two, the work sealed with one of them would not be seen again.
    const keys = new Set((await vault.wrappings(vault.owner)).map((one) => one.key));
    const closed = await vault.countClosed();
    if (keys.size > 1 || closed > 0) this.story.problem(`${keys.size} keys ${this.where()}, and ${closed} things that do not open`);
    const items = await vault.all("item");
    const shown = this.remote.outbox.items.get().filter((item) => item.state !== "confirmed");
    for (const item of shown) if (!(item.state === "refused" || heldBy(item, shown) !== null)) this.story.problem(`an item ${this.where()} is ${item.state} after quiet: ${JSON.stringify(item)}`);
    if (shown.length !== items.length) this.story.problem(`the outbox shows ${shown.length} things ${this.where()}, in the vault lie ${items.length}`);
    this.left.set(this.person, items);
    const place = (await vault.get("kept", "place")) ?? {};
    const records = new Map((await vault.all("record")).map((record) => [record.id, record]));
    const summaries = this.remote.kept.summaries.get();
    const { kept } = await this.story.ask("truth", { user_name: this.story.people[this.person].user_name, pinned: place.pinned ?? [] });
    for (const name of ["wanted", "stale", "left"]) if (place[name]?.length) this.story.problem(`${name} ${this.where()} after quiet: ${JSON.stringify(place[name])}`);
    // Work that waits for a refused one keeps what it rests on, out of sight or not.
    for (const id of Object.keys(place.leaving ?? {}))
      if (shown.some((item) => item.record === id && item.state === "waiting")) {
        delete place.leaving[id];
        records.delete(id);
        delete kept[id];
      }
    if (Object.keys(place.leaving ?? {}).length > 0) this.story.problem(`still leaving ${this.where()}: ${JSON.stringify(place.leaving)}`);
    for (const id of new Set([...records.keys(), ...summaries.keys(), ...Object.keys(kept)])) {
      const [held, row, true_] = [records.get(id), summaries.get(id), kept[id]];
      if (!true_ || !held || !row) this.story.problem(`${id} ${this.where()}: record ${Boolean(held)}, summary ${Boolean(row)}, server ${Boolean(true_)}; ${JSON.stringify(place)}, ${JSON.stringify(true_?.values)}`);
      else if (held.revision !== true_.revision || row.revision !== true_.revision) this.story.problem(`${id} ${this.where()}: revision ${held.revision} and ${row.revision}, at the server ${true_.revision}`);
      else {
        const names = [...new Set([...Object.keys(held.values), ...Object.keys(true_.values)])].filter((name) => JSON.stringify(held.values[name] ?? null) !== JSON.stringify(true_.values[name] ?? null));
        if (names.length > 0) this.story.problem(`${id} ${this.where()} differs in ${names.map((name) => `${name}: ${JSON.stringify(held.values[name])} / ${JSON.stringify(true_.values[name])}`).join(", ")}`);
      }
    }
    vault.close();
  }
}
