// One story: three devices, some workers, a server that goes on without them; then quiet, and the reckoning.

import { Browser, pause } from "./browser.mjs";
import { Device, HOUR, ROWS, STEPS, TEXTS } from "./device.mjs";
import { Draw, rowsOf, tokensIn } from "./draw.mjs";

const ASKED = [...TEXTS, "name_first"];
/** Who works on which device. */
const DESKS = [["amina", "dawit"], ["amina"], ["bilal", "dawit"]];

export class Story {
  constructor({ seed, program, makeStore, port, ask, mark }) {
    Object.assign(this, { seed, program, port, ask, mark, name: `s${seed}${mark}`, problems: [], cases: [], count: 0 });
    /** What was typed, by question: what she saw, what she put. A change in the book must be one of these. */
    this.typed = new Map();
    /** What the device had kept when she went on; what she took back herself. */
    this.durable = new Map();
    this.takenBack = new Set();
    /** How often each thing typed was saved, and what was refused and not tried again: nothing is done twice. */
    this.puts = new Map();
    this.authors = new Map();
    this.refused = new Map();
    this.stats = { saves: 0, deaths: 0, refused: 0, conflicts: 0, withHerself: 0, settled: 0, letGo: 0, quarantined: 0, requests: 0, faults: 0 };
    this.devices = DESKS.map((people, number) => {
      const draw = new Draw(seed * 31 + number * 7919 + 1);
      const skew = draw.of([0, 0, 180_000, -7_000_000, 40 * 24 * HOUR, -3 * 24 * HOUR]);
      const address = `127.${1 + (seed % 200)}.${1 + (Math.floor(seed / 200) % 250)}.${number + 2}`;
      const pace = new Draw(seed * 53 + number * 104_729 + 3);
      const slowness = pace.chance(0.5) ? pace : null;
      return new Device(this, people, new Browser({ program, indexedDB: makeStore(), port, address, draw, skew, slowness }), draw);
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
  keep(item, what, where = null) {
    if (/refused/.test(what)) this.stats.refused += 1;
    if (/record.conflict/.test(what)) this.stats.conflicts += 1;
    // A page may die before it took up what had just been done; else nobody is asked to choose between two answers of her own.
    const theirs = (item.refusal?.problems ?? []).flatMap((one) => one.conflicts).flatMap((one) => [...tokensIn(one.theirs)]);
    if (where !== null && theirs.length > 0 && theirs.every((token) => this.authors.get(token) === where)) this.stats.withHerself += 1;
    if (item.action !== "let_answers_go") {
      if (item.state === "refused") this.refused.set(item.id, tokensIn(item.data));
      else if (item.state === "sending" || item.state === "confirmed") this.refused.delete(item.id);
    }
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
      else if (what === "amend") await this.amends(draw.of(TEXTS), { pick });
      else if (what === "close") await this.ask("close", { story, pick });
      else if (what === "team") await this.ask("team", { story, who: draw.of(["amina", "bilal"]), team: draw.of(["n", "s"]) });
      else if (what === "scope") await this.ask("scope", { story, scope: draw.of(["self", "group"]) });
      else await this.ask("grant", { story, form: draw.of(["consent", "notes"]) });
    }
  }

  /** Somebody at the office writes over an answer, having seen it: of this record, or of one that is picked. */
  async amends(name, which) {
    const value = this.token();
    const done = await this.ask("amend", { story: this.name, name, value, ...which });
    if (done) this.saw(done[0], name, done[1], value);
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
    this.wasDoneOnce(books.history);
    for (const [record, entries] of Object.entries(books.history))
      for (const { event, changes } of entries) {
        if (event === "case.answers_let_go") this.stats.letGo += 1;
        else for (const [name, { from, to }] of Object.entries(changes)) this.wasSeen(record, name, from, to);
      }
    this.stats.quarantined = books.quarantine.length;
  }

  /** What she saved came into the record at most once for each time that she saved it, those not counted that were refused. */
  wasDoneOnce(history) {
    const came = new Map();
    for (const { event, changes } of Object.values(history).flat()) {
      if (event === "case.answers_let_go") continue;
      const before = tokensIn(Object.values(changes).map(({ from }) => from));
      for (const token of tokensIn(Object.values(changes).map(({ to }) => to))) if (!before.has(token)) came.set(token, (came.get(token) ?? 0) + 1);
    }
    const refused = [...this.refused.values()].flatMap((tokens) => [...tokens]);
    for (const [token, times] of this.puts) {
      const most = times - refused.filter((one) => one === token).length;
      if ((came.get(token) ?? 0) > most) this.problem(`${token} came into the record ${came.get(token)} times and should have ${most} times at most: ${(this.durable.get(token) ?? []).join("; ")}`);
    }
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
