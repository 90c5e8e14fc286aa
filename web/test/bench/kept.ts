/** Measured by `benchmarks/kept_speed.py`: many kept cases in the real store, in a real browser. */
import type { Shape } from "../../src/api";
import { listKept } from "../../src/store/kept/listing";
import { Holder } from "../../src/store/kept/holder";
import { Naming } from "../../src/store/kept/naming";
import { takePage, type Around } from "../../src/store/kept/pages";
import { summaryOf } from "../../src/store/kept/summary";
import type { Search } from "../../src/store/types";
import { Vault } from "../../src/store/vault";

type Case = Shape<"SyncRecord">;

const TODAY = "2026-06-01";
const FIRST = ["Noor", "Amal", "Hana", "Yusuf", "Omar", "Layla", "Sami", "Mariam", "Ibrahim", "Zainab", "Karim", "Salma", "Tariq", "Rania", "Bilal", "Dina"];
const FAMILY = ["Haddad", "Qasabi", "Wolde", "Tesfaye", "Mahmoud", "Khalil", "Nasser", "Fuad", "Aziz", "Rahman", "Bekele", "Girma", "Saleh", "Jaber", "Farah", "Deng"];
const ARABIC = ["نور", "أمل", "هناء", "يوسف", "عمر", "ليلى", "سامي", "مريم", "إبراهيم", "زينب", "كريم", "سلمى", "طارق", "رانيا", "بلال", "دينا"];

let vault: Vault;
let holder: Holder;
let naming: Naming;

function made(): void {
  naming = new Naming();
  holder = new Holder(
    vault,
    (): Promise<Around> => Promise.resolve({ budget: 1_000_000, unsent: new Set() }),
    ({ summaries }) => {
      naming.follow(summaries);
    },
  );
}

/** A name that few others bear: a syllable drawn for each family. */
function nameOf(n: number): string {
  const first = n % 3 === 0 ? ARABIC[n % ARABIC.length] : FIRST[n % FIRST.length];
  const middle = FIRST[(n * 7) % FIRST.length];
  const syllables = ["ba", "di", "ka", "lo", "mu", "ne", "ra", "sa", "ti", "wo"];
  const drawn = [...String(n)].map((digit) => syllables[Number(digit)]).join("");
  return `${first ?? ""} ${middle ?? ""} ${FAMILY[(n * 13) % FAMILY.length] ?? ""} ${drawn}`;
}

function caseOf(n: number, sample: Case): Case {
  const id = crypto.randomUUID();
  const values = {
    ...sample.values,
    id,
    short_id: id.slice(-7),
    case_id_display: id.slice(-7),
    name: nameOf(n),
    age: n % 18,
    sex: n % 2 === 0 ? "female" : "male",
    risk_level: ["high", "medium", "low"][n % 3],
    status: n % 10 === 0 ? "closed" : "open",
    created_at: new Date(Date.UTC(2025, 0, 1) + n * 60_000).toISOString(),
    last_updated_at: new Date(Date.UTC(2025, 6, 1) + n * 60_000).toISOString(),
    telephone_current: `+9996${String(1_000_000 + n)}`,
  };
  return { ...sample, id, values, revision: 1, fields: "f" } as Case;
}

async function time<T>(work: () => Promise<T> | T): Promise<{ ms: number; value: T }> {
  const from = performance.now();
  const value = await work();
  return { ms: performance.now() - from, value };
}

const bench = {
  /** Fills the vault through the store's own steps. */
  async fill(count: number, sample: Case): Promise<{ characters: number }> {
    vault = await Vault.open("bench");
    await vault.unlock("amina", "lantern-under-olive-tree");
    made();
    for (let from = 0; from < count; from += 500) {
      const records = Array.from({ length: Math.min(500, count - from) }, (_, n) => caseOf(from + n, sample));
      await holder.step((before, around) => takePage(before, { records, gone: [] }, { cursor: "c", epoch: 1, configuration: 1 }, [], around));
    }
    let characters = 0;
    for (const { size } of holder.now.summaries.values()) characters += size;
    return { characters };
  },

  /** As after a cold start: the password, then all that lists and searches need. */
  async unlock(): Promise<Record<string, number>> {
    vault = await Vault.open("bench");
    const password = await time(() => vault.unlockAlone("amina", "lantern-under-olive-tree"));
    if (!password.value) throw new Error("the vault did not open");
    made();
    const block = await time(() => vault.get("summary", "cases"));
    const summaries = await time(() => holder.fresh());
    const names = await time(() => naming.settled());
    return { password: password.ms, block: block.ms, summaries: summaries.ms, names: names.ms, kept: holder.now.summaries.size };
  },

  /** One search from memory, found and put in order. */
  async search(body: Search): Promise<{ ms: number; total: number }> {
    const { ms, value } = await time(() => listKept(holder.now.summaries, [], body, TODAY, naming.ready.get()));
    return { ms, total: value.view.total };
  },

  async open(): Promise<{ ms: number }> {
    const id = [...holder.now.summaries.keys()][Math.floor(holder.now.summaries.size / 2)] ?? "";
    const { ms, value } = await time(() => holder.read(id));
    if (value === null) throw new Error("the case did not open");
    return { ms };
  },

  /** A confirmed save: the record and the one block of summaries, in one transaction. */
  async save(): Promise<{ ms: number; sealing: number; written: string[] }> {
    const id = [...holder.now.summaries.keys()][5] ?? "";
    const record = await holder.read(id);
    if (record === null) throw new Error("the case did not open");
    const written: string[] = [];
    const write = vault.write.bind(vault);
    vault.write = (changes) => {
      for (const [sort, one] of changes.put ?? []) written.push(sort === "record" ? sort : `${sort}/${one}`);
      return write(changes);
    };
    const { ms } = await time(() =>
      holder.step((before) => {
        const next = { ...record, revision: record.revision + 1, values: { ...record.values, name_nickname: "Nunu" } };
        return { ...before, summaries: new Map(before.summaries).set(id, summaryOf(next)), put: [next], drop: [] };
      }),
    );
    vault.write = write;
    const block = await vault.get("summary", "cases");
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const bytes = new TextEncoder().encode(JSON.stringify(block));
    const sealing = await time(() => crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, bytes));
    return { ms, sealing: sealing.ms, written };
  },

  name: nameOf,
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}
window.bench = bench;
