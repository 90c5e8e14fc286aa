import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { Unreachable, type Answer, type Request } from "~/api";
import { Notices, type NoticeView } from "./notices";
import { Vault } from "./vault";

let count = 0;
let vault: Vault;
let online: boolean;
let server: NoticeView[];
let told: unknown[];

const notice = (id: string, read = false): NoticeView => ({ id, event: "flag.raised", happened_at: `2026-03-0${id}T08:00:00Z`, read_at: read ? "2026-03-09T08:00:00Z" : null, record_id: null, record_type: null, short_id: null });

function ask(path: string, request: Request = {}): Promise<Answer> {
  if (!online) return Promise.reject(new Unreachable());
  if (path.endsWith("/read")) {
    const { ids } = request.body as { ids: string[] };
    told.push(ids);
    server = server.map((one) => (ids.includes(one.id) ? { ...one, read_at: "2026-03-09T08:00:00Z" } : one));
    return Promise.resolve({ status: 200, etag: null, body: { data: { unread: server.filter((one) => one.read_at === null).length } } });
  }
  const rows = server.filter((one) => !path.includes("unread_only=true") || one.read_at === null);
  return Promise.resolve({ status: 200, etag: null, body: { data: rows, metadata: { total: rows.length, per: 30, page: 1, unread: server.filter((one) => one.read_at === null).length } } });
}
const open = (): Notices => new Notices(vault, ask, () => undefined);
const ids = (notices: Notices): string[] | undefined => notices.unread().get().value?.rows.map((row) => row.id);

beforeEach(async () => {
  vault = await Vault.open(`notices-${String(++count)}`, 64);
  await vault.unlock("amina", "secret-1");
  online = true;
  told = [];
  server = [notice("3"), notice("2"), notice("1", true)];
});

describe("notices", () => {
  it("are there without a network as they came last", async () => {
    const first = open();
    await first.unread().refresh();
    await first.earlier(1).refresh();
    online = false;
    const later = open();
    await Promise.all([later.unread().refresh(), later.earlier(1).refresh(), later.earlier(2).refresh()]);
    expect(ids(later)).toEqual(["3", "2"]);
    expect(later.earlier(1).get().value?.rows.length).toBe(3);
    expect(later.earlier(2).get().value).toBeNull();
    expect(later.unread().get().error).toBeInstanceOf(Unreachable);
  });

  it("that she reads are told at once, and counted by the server", async () => {
    const notices = open();
    await notices.unread().refresh();
    await notices.earlier(1).refresh();
    await notices.markRead(["3"]);
    expect([told, ids(notices), notices.unread().get().value?.count, [...notices.read.get()]]).toEqual([[["3"]], ["2"], 1, []]);
    expect(notices.earlier(1).get().value?.rows.map((row) => row.read_at !== null)).toEqual([true, false, true]);
  });

  it("that she read in the field are never shown as new again, not even for a moment", async () => {
    await open().unread().refresh();
    online = false;
    const field = open();
    await field.unread().refresh();
    await field.markAllRead();
    online = true;
    const back = open();
    const shown: string[] = [];
    back.unread().watch(() => {
      for (const row of back.unread().get().value?.rows ?? []) if (!back.read.get().has(row.id)) shown.push(row.id);
    });
    await back.unread().refresh();
    expect([told, shown]).toEqual([[["3", "2"]], []]);
  });

  it("that she read stand among the earlier ones, though the page was asked for before the server knew", async () => {
    let late: () => void = () => undefined;
    const slow = new Promise<void>((done) => {
      late = done;
    });
    const notices = new Notices(vault, async (path, request = {}) => {
      const answer = await ask(path, request);
      if (path.includes("page=1")) await slow;
      return answer;
    }, () => undefined);
    await notices.unread().refresh();
    const page = notices.earlier(1).refresh();
    await notices.markRead(["3"]);
    late();
    await page;
    expect(notices.earlier(1).get().value?.rows.map((row) => row.read_at !== null)).toEqual([true, false, true]);
  });

  it("that she reads without a network are told later, by another visit too, and those that came meanwhile stay unread", async () => {
    await open().unread().refresh();
    online = false;
    const field = open();
    await field.unread().refresh();
    await field.markAllRead();
    expect([...field.read.get()]).toEqual(["3", "2"]);
    server = [notice("4"), ...server];
    online = true;
    const back = open();
    await back.unread().refresh();
    expect(told).toEqual([["3", "2"]]);
    expect(ids(back)).toEqual(["4"]);
    expect([...back.read.get()]).toEqual([]);
    await open().unread().refresh();
    expect(told.length).toBe(1);
  });

  it("of hers are nothing for who comes next on this device", async () => {
    const notices = open();
    await notices.unread().refresh();
    online = false;
    await notices.markRead(["3"]);
    notices.forget();
    await vault.unlock("bilal", "secret-2");
    await notices.unread().refresh();
    expect(ids(notices)).toBeUndefined();
    online = true;
    server = [];
    await notices.unread().refresh();
    expect(told).toEqual([]);
  });
});
