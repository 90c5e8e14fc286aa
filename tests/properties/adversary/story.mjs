// One story: three devices, some workers, a server that goes on without them; then quiet, and the reckoning.

import { Browser, Died, pause } from "./browser.mjs";

const TEXTS = ["name_last", "name_nickname", "consent_reason"];
const ASKED = [...TEXTS, "name_first"];
const ROWS = "notes_section";
const STEPS = 10;
/** Who works on which device. */
const DESKS = [["amina", "dawit"], ["amina"], ["bilal", "dawit"]];
const HOUR = 3_600_000;
const PATIENCE_MS = 60_000;

/** A drawing of its own for each device and for the world, so that one does not move the other. */
export class Draw {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  below(most) {
    return Math.floor(this.next() * most);
  }
  chance(share) {
    return this.next() < share;
  }
  of(list) {
    return list[this.below(list.length)];
  }
  weighted(weights) {
    let left = this.next() * Object.values(weights).reduce((all, one) => all + one, 0);
    for (const [name, weight] of Object.entries(weights)) if ((left -= weight) < 0) return name;
    return Object.keys(weights)[0];
  }
}

const isRows = (value) => Array.isArray(value);
const rowsOf = (value) => new Map((isRows(value) ? value : []).map((row) => [row.unique_id, row.note_text ?? null]));
const tokensIn = (value) => new Set(JSON.stringify(value ?? null).match(/\bT\d+x\d+z\b/g) ?? []);

export class Story {
  constructor({ seed, program, makeStore, port, ask, mark }) {
    Object.assign(this, { seed, program, port, ask, mark, name: `s${seed}${mark}`, problems: [], cases: [], count: 0 });
    /** What was typed, by question: what she saw, what she put. A change in the book must be one of these. */
    this.typed = new Map();
    /** What the device had kept when she went on; what she took back herself. */
    this.durable = new Map();
    this.takenBack = new Set();
    this.stats = { saves: 0, deaths: 0, refused: 0, conflicts: 0, settled: 0, letGo: 0, quarantined: 0, requests: 0, faults: 0 };
    this.devices = DESKS.map((people, number) => {
      const draw = new Draw(seed * 31 + number * 7919 + 1);
      const skew = draw.of([0, 0, 180_000, -7_000_000, 40 * 24 * HOUR, -3 * 24 * HOUR]);
      const address = `127.${1 + (seed % 200)}.${1 + (Math.floor(seed / 200) % 250)}.${number + 2}`;
      return new Device(this, people, new Browser({ program, indexedDB: makeStore(), port, address, draw, skew }), draw);
    });
    this.draw = new Draw(seed * 97 + 5);
  }

  problem(text) {
    this.problems.push(text);
  }
  token() {
    return `T${this.seed}x${++this.count}z`;
  }
  /** An item lies on a device: what is in it must not be lost from now on. */
  keep(item, what) {
    if (/refused/.test(what)) this.stats.refused += 1;
    if (/record.conflict/.test(what)) this.stats.conflicts += 1;
    for (const token of tokensIn(item.data)) this.durable.set(token, [...(this.durable.get(token) ?? [`${item.action} of ${item.record}`]), what]);
  }
  saw(record, pointer, from, to) {
    const key = `${record}/${pointer}`;
    this.typed.set(key, [...(this.typed.get(key) ?? []), [from ?? null, to ?? null]]);
  }

  async tell() {
    const { people, password, cases } = await this.ask("stage", { story: this.name, names: [this.token(), this.token(), this.token()] });
    Object.assign(this, { people, password });
    for (const [id, name] of cases) {
      this.cases.push(id);
      this.saw(id, "name_first", null, name);
    }
    await Promise.all([this.happen(), ...this.devices.map((device) => device.live())]);
    await this.quiet();
    for (const device of this.devices) {
      this.stats.deaths += device.browser.deaths;
      for (const number of Object.values(device.browser.line.faults)) this.stats.faults += number;
      this.stats.requests += device.browser.line.sent;
      device.browser.begin().die();
      device.browser.line.close();
    }
    return { problems: this.problems, stats: this.stats };
  }

  /** Meanwhile, elsewhere. */
  async happen() {
    const { draw } = this;
    const story = this.name;
    for (let step = 0; step < STEPS; step++) {
      await pause(draw.below(90));
      const pick = draw.next();
      const what = draw.weighted({ seal: 9, move: 5, amend: 5, close: 1, team: 1, grant: 1, scope: 1 });
      if (what === "seal") await this.ask("seal", { most: draw.below(60) });
      else if (what === "move") await this.ask("move", { story, pick, to: draw.of(["amina", "bilal", "dawit"]) });
      else if (what === "amend") {
        const [name, value] = [draw.of(TEXTS), this.token()];
        const done = await this.ask("amend", { story, pick, name, value });
        if (done) this.saw(done[0], name, done[1], value);
      } else if (what === "close") await this.ask("close", { story, pick });
      else if (what === "team") await this.ask("team", { story, who: draw.of(["amina", "bilal"]), team: draw.of(["n", "s"]) });
      else if (what === "scope") await this.ask("scope", { story, scope: draw.of(["self", "group"]) });
      else await this.ask("grant", { story, form: draw.of(["consent", "notes"]) });
    }
  }

  /** No more faults: everybody comes back on every device, until nothing moves. */
  async quiet() {
    for (const device of this.devices) device.calm();
    for (const device of this.devices) for (const person of device.people) await device.bring(person);
    await this.ask("seal", { most: 0 });
    // Whoever came last goes first, which saves a sign-in.
    for (const device of this.devices) for (const person of [...device.people].reverse()) await device.bring(person, true);
    await this.reckon();
  }

  async reckon() {
    const books = await this.ask("books", { story: this.name });
    const done = tokensIn(Object.values(books.history).flat().flatMap(({ event, changes }) => (event === "case.answers_let_go" ? [] : Object.values(changes).map(({ to }) => to))));
    for (const device of this.devices)
      for (const item of [...device.left.values()].flat()) {
        const tokens = [...tokensIn(item.data)];
        if (item.state === "refused" && item.action !== "let_answers_go" && tokens.length > 0 && tokens.every((token) => done.has(token))) this.problem(`${item.action} of ${item.record} was done, and is told as refused: ${JSON.stringify(item.refusal)}`);
      }
    const server = tokensIn([books.records, books.history, books.quarantine, books.handed_over]);
    const here = tokensIn(this.devices.map((device) => [...device.left.values()]));
    for (const [token, where] of this.durable) {
      if (server.has(token) || here.has(token) || this.takenBack.has(token)) continue;
      this.problem(`${token} is lost: ${where.join("; ")}`);
    }
    for (const [record, entries] of Object.entries(books.history))
      for (const { event, changes } of entries) {
        if (event === "case.answers_let_go") this.stats.letGo += 1;
        else for (const [name, { from, to }] of Object.entries(changes)) this.wasSeen(record, name, from, to);
      }
    this.stats.quarantined = books.quarantine.length;
  }

  /** Whoever wrote over an answer had been shown it. */
  wasSeen(record, name, from, to) {
    if (name === ROWS) {
      const [before, after] = [rowsOf(from), rowsOf(to)];
      for (const id of new Set([...before.keys(), ...after.keys()])) if ((before.get(id) ?? null) !== (after.get(id) ?? null)) this.wasAsked(record, `${ROWS}/${id}`, before.get(id), after.get(id));
    } else if (ASKED.includes(name)) this.wasAsked(record, name, from, to);
  }
  wasAsked(record, pointer, from, to) {
    const all = this.typed.get(`${record}/${pointer}`) ?? [];
    const seen = new Set();
    // What she saw may have been her own, of a moment before, that never came to the server.
    for (const next = [to ?? null]; next.length > 0; ) {
      const value = next.pop();
      for (const [shown, put] of all)
        if (put === value && !seen.has(shown)) {
          if (shown === (from ?? null)) return;
          seen.add(shown);
          next.push(shown);
        }
    }
    this.problem(`${pointer} of ${record}: ${String(to)} took the place of ${String(from)}, which nobody was shown who wrote it; typed: ${JSON.stringify(all)}`);
  }
}

class Device {
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
      for (const [id, item] of items) if (known.get(id)?.state !== item.state) this.story.keep(item, `${this.where()}: ${item.state}${(item.refusal?.problems ?? []).map((one) => ` ${one.code}`).join("")}`);
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
      const what = draw.weighted({ edit: 44, register: 4, resolve: 10, sync: 8, pin: 6, restart: 3, die: 8, other: 2, line: 12, clock: 2, takeBack: 1, pass: 2 });
      await this.attempt(what, () => this[what]());
      await pause(draw.below(30));
    }
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

  async register() {
    if (!this.isIn) return;
    const id = crypto.randomUUID();
    const data = { module_id: "primeromodule-cp", name_first: this.story.token(), age: 9, sex: "female" };
    this.story.cases.push(id);
    this.story.saw(id, "name_first", null, data.name_first);
    await this.save({ kind: "cases", id, create: true, data });
  }

  save(save) {
    this.story.stats.saves += 1;
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
      if (tries >= 8) return this.story.problem(`no quiet ${this.where()}: ${String(this.remote.kept.state.get().error?.stack)}`);
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
      if (outbox.items.get().some((item) => item.state === "sending")) return false;
      if (!isLast) return true;
      // A pull that runs already may have asked before the book was sealed.
      await this.within(kept.sync());
      const before = kept.state.get().lastSync;
      await this.within(kept.sync());
      // Another sign-in of the same account may have ended this session: then nothing was asked, and she signs in again.
      return kept.state.get().lastSync !== before && kept.state.get().error === null;
    } catch (error) {
      if (["Refusal", "Unreachable"].includes(error?.name ?? "")) return false;
      throw error;
    }
  }

  async compare() {
    const { heldBy } = this.life.app;
    // What was confirmed a moment ago may still be on its way into what is kept.
    const vault = await this.within(this.life.app.Vault.open("cpims", 8));
    await vault.unlockAlone(await this.life.app.ownerOf(this.story.people[this.person].user_name), this.story.password);
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
