// A browser of our own: each "life" of a device evaluates the real store anew, with globals that can be made to fail.
// What lasts (the database, cookies, local storage) belongs to the device; all else dies with the life.

import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { performance } from "node:perf_hooks";

/** What a dead page does: nothing, for ever. */
export class Died extends Error {}

const lives = new WeakMap();

/** Every writing transaction of a dying life passes here: it dies before one, or when one is done and nobody has heard. */
export function watchWrites(database) {
  const before = database.prototype.transaction;
  database.prototype.transaction = function transaction(stores, mode, ...rest) {
    const life = lives.get(this);
    life?.check();
    if (life && mode === "readwrite" && life.passes("write")) {
      if (life.dying.when === "before") life.die();
      life.check();
      const last = before.call(this, stores, mode, ...rest);
      last.addEventListener("complete", () => life.die());
      return last;
    }
    return before.call(this, stores, mode, ...rest);
  };
}

/** The line between one device and the server; of the next request that `unheard` names, the reply is lost. */
export class Line {
  constructor(port, address, draw) {
    Object.assign(this, { port, address, draw, state: "on", sent: 0, faults: {}, unheard: null });
    this.agent = new Agent({ keepAlive: true, maxSockets: 4, localAddress: address });
  }

  count(fault) {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }

  /** Raises TypeError as `fetch` does when the line fails. */
  async carry(life, method, path, headers, body) {
    life.check();
    if (this.state === "off") throw new TypeError("offline");
    const dies = life.passes("request") ? life.dying.when : null;
    const fault = this.state === "bad" ? this.draw.weighted({ none: 40, before: 9, cut: 9, reply: 14, half: 9, twice: /\/sync\//.test(path) ? 9 : 0, late: 10 }) : "none";
    if (fault !== "none") this.count(fault);
    const isUnheard = this.unheard?.test(path) === true;
    if (fault === "before" || dies === "before") return this.lost(life, dies);
    if (fault === "late") await pause(this.draw.below(60));
    if (fault === "cut" || dies === "cut") {
      await this.halfSent(method, path, headers, body);
      return this.lost(life, dies);
    }
    if (fault === "twice") void pause(this.draw.below(120)).then(() => this.exchange(method, path, headers, body)).catch(() => undefined);
    this.sent += 1;
    let reply;
    try {
      reply = await this.exchange(method, path, headers, body);
    } catch {
      return this.lost(life, dies);
    }
    if (isUnheard) {
      this.unheard = null;
      this.count("unheard");
    }
    if (isUnheard || fault === "reply" || dies === "after") return this.lost(life, dies);
    if (fault === "late") await pause(this.draw.below(60));
    if (fault === "half" && reply.body.length > 0) return { ...reply, body: reply.body.subarray(0, this.draw.below(reply.body.length)), whole: this.draw.chance(0.5) };
    return { ...reply, whole: true };
  }

  lost(life, dies) {
    if (dies !== null) life.die();
    life.check();
    throw new TypeError("the line broke");
  }

  exchange(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const asked = httpRequest({ host: "127.0.0.1", port: this.port, method, path, headers: { ...headers, ...(body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }) }, agent: this.agent }, (reply) => {
        const parts = [];
        reply.on("data", (part) => parts.push(part));
        reply.on("end", () => resolve({ status: reply.statusCode, headers: reply.headers, body: Buffer.concat(parts) }));
        reply.on("error", reject);
      });
      asked.on("error", reject);
      asked.end(body);
    });
  }

  /** So many bytes of the request arrive, then the line is gone. */
  halfSent(method, path, headers, body) {
    const all = { Host: "127.0.0.1", Connection: "close", ...headers, ...(body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }) };
    const head = [`${method} ${path} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
    const bytes = Buffer.concat([Buffer.from(head), Buffer.from(body ?? "")]);
    const part = bytes.subarray(0, this.draw.below(bytes.length));
    return new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: this.port, localAddress: this.address }, () => {
        socket.write(part, () => {
          socket.destroy();
          resolve();
        });
      });
      socket.on("error", () => resolve());
    });
  }

  close() {
    this.agent.destroy();
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A device that seals and opens slowly: what goes on at the same time comes in another order. */
function slowly(draw) {
  const late = { generateKey: [0.5, 120], wrapKey: [0.5, 120], unwrapKey: [0.5, 120], encrypt: [0.05, 40], decrypt: [0.05, 40] };
  const subtle = new Proxy(crypto.subtle, {
    get: (all, name) =>
      typeof all[name] !== "function"
        ? all[name]
        : async (...given) => {
            const [share, ms] = late[name] ?? [0, 0];
            if (draw.chance(share)) await pause(draw.below(ms));
            return all[name](...given);
          },
  });
  return { subtle, getRandomValues: crypto.getRandomValues.bind(crypto), randomUUID: crypto.randomUUID.bind(crypto) };
}

/** The device: what is there after a crash. */
export class Browser {
  constructor({ program, indexedDB, port, address, draw, skew, slowness }) {
    Object.assign(this, { program, indexedDB, draw, skew, advanced: 0, writes: 0, deaths: 0 });
    this.crypto = slowness ? slowly(slowness) : crypto;
    this.line = new Line(port, address, draw);
    this.cookies = new Map();
    this.storage = new Map();
    this.life = null;
  }

  /** The clock on its wall, which may be wrong; and the one that only goes forward. */
  clock() {
    return Date.now() + this.skew + this.advanced;
  }
  run() {
    return performance.now() + this.advanced;
  }

  /** A page is opened. */
  begin() {
    this.life?.die();
    this.life = new Life(this);
    return this.life;
  }

  /** Time passes on the device; what was to happen then happens. */
  pass(ms) {
    this.advanced += ms;
    this.life?.ring();
  }
}

export class Life {
  constructor(browser) {
    this.browser = browser;
    this.dead = false;
    this.dying = null;
    this.timers = new Map();
    this.numbers = 0;
    this.listeners = [];
    this.app = browser.program(...Object.values(this.globals()));
    /** Resolved when the page is gone; whoever waits for its work goes on. */
    this.gone = new Promise((resolve) => (this.onGone = resolve));
  }

  check() {
    if (this.dead) throw new Died("this page is gone");
  }

  die() {
    if (this.dead) return;
    this.dead = true;
    this.browser.deaths += 1;
    this.timers.clear();
    this.onGone();
  }

  /** Whether the end that was drawn comes now. */
  passes(kind) {
    if (kind === "write") this.browser.writes += 1;
    return this.dying !== null && this.dying.kind === kind && --this.dying.left <= 0 && !this.dead;
  }

  /** The browser says that something happened, such as `online`. */
  call(name) {
    for (const [one, work] of this.listeners) if (one === name && !this.dead) work();
  }

  ring() {
    const now = this.browser.run();
    for (const [number, timer] of [...this.timers]) {
      if (this.dead || timer.at > now || !this.timers.has(number)) continue;
      if (timer.every === null) this.timers.delete(number);
      else timer.at = now + timer.every;
      timer.work();
    }
  }

  globals() {
    const { browser } = this;
    const set = (work, ms = 0, every = null) => {
      if (this.dead) return 0;
      this.timers.set(++this.numbers, { work, at: browser.run() + ms, every });
      return this.numbers;
    };
    const clear = (number) => void this.timers.delete(number);
    class Clock extends Date {
      constructor(...given) {
        if (given.length === 0) super(browser.clock());
        else super(...given);
      }
      static now() {
        return browser.clock();
      }
    }
    const life = this;
    const storage = {
      getItem: (name) => browser.storage.get(name) ?? null,
      setItem: (name, value) => void (life.dead || browser.storage.set(name, String(value))),
      removeItem: (name) => void (life.dead || browser.storage.delete(name)),
    };
    const document = {
      visibilityState: "visible",
      documentElement: {},
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      get cookie() {
        return browser.cookies.has("CSRF-TOKEN") ? `CSRF-TOKEN=${browser.cookies.get("CSRF-TOKEN")}` : "";
      },
    };
    const navigator = { userAgent: "Chrome on Linux", onLine: true, language: "en", languages: ["en"] };
    const indexedDB = {
      open: (...given) => {
        life.check();
        const asked = browser.indexedDB.open(...given);
        asked.addEventListener("success", () => lives.set(asked.result, life));
        return asked;
      },
    };
    const own = {
      crypto: browser.crypto,
      document,
      navigator,
      localStorage: storage,
      sessionStorage: storage,
      indexedDB,
      location: { origin: "http://127.0.0.1", href: "http://127.0.0.1/app/", pathname: "/app/", search: "", hash: "" },
      fetch: (path, init) => life.fetch(path, init),
      setTimeout: set,
      clearTimeout: clear,
      setInterval: (work, ms) => set(work, ms, ms),
      clearInterval: clear,
      Date: Clock,
      addEventListener: (name, work) => void life.listeners.push([name, work]),
      removeEventListener: () => undefined,
      Worker: undefined,
      BroadcastChannel: undefined,
    };
    const rest = { TextEncoder, TextDecoder, AbortController, AbortSignal, Response };
    const whole = { ...rest, ...own };
    delete whole.BroadcastChannel;
    return { ...own, globalThis: whole, window: whole, self: whole };
  }

  async fetch(path, { method = "GET", headers = {}, body, signal } = {}) {
    this.check();
    const { browser } = this;
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const reply = await browser.line.carry(this, method, path, { ...headers, ...(cookie === "" ? {} : { Cookie: cookie }) }, body);
    this.check();
    if (signal?.aborted) throw signal.reason;
    for (const line of reply.headers["set-cookie"] ?? []) {
      const [pair, ...attributes] = line.split("; ");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (value === "" || value === '""' || attributes.some((one) => /^max-age=0$/i.test(one))) browser.cookies.delete(name);
      else browser.cookies.set(name, value);
    }
    const shown = new Map(Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
    const read = async () => {
      this.check();
      if (!reply.whole) throw new TypeError("the line broke");
      return reply.body.toString("utf8");
    };
    const told = { ok: reply.status >= 200 && reply.status < 300, status: reply.status, headers: { get: (name) => shown.get(name.toLowerCase()) ?? null }, text: read, json: async () => JSON.parse(await read()) };
    return { ...told, clone: () => told };
  }
}

export const NAMES = ["crypto", "document", "navigator", "localStorage", "sessionStorage", "indexedDB", "location", "fetch", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "addEventListener", "removeEventListener", "Worker", "BroadcastChannel", "globalThis", "window", "self"];
