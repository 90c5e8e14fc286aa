import type { Opened } from "./keys";

/** What one page gives to the next of the same session: the open key, and how the screen stood. Memory only. */
export interface Grant {
  /** The mark of the session it belongs to. */
  mark: string;
  opened: Opened;
  /** The screen was locked by a PIN, and so many wrong ones were tried. */
  locked: boolean;
  tries: number;
}

/** How an open vault comes from one page to another without ever lying on the device. */
export interface Keeper {
  /** Answers whoever rightly asks, from now on; null while there is nothing to give. */
  offer(give: () => Grant | null): void;
  /** What the page before this one, or another open one of the same session, holds. */
  take(mark: string): Promise<Grant | null>;
  /** Says to the other pages of the session what happened here. */
  tell(news: News): void;
  hear(listener: (news: News) => void): void;
}

export type News =
  /** The vault of this session is open here: whoever waits may ask. */
  | { type: "opened"; mark: string }
  /** The key was dropped. */
  | { type: "closed"; mark: string; reason: "idle" | "locked" | "pin" }
  /** The screen was locked or opened by PIN, or a wrong one was tried. */
  | { type: "screen"; mark: string; locked: boolean; tries: number }
  /** Somebody is at work. */
  | { type: "touched"; mark: string };

const TOKEN = "cpims.reload";
const HOLDS = "cpims-open";
const ANSWER_MS = 3000;
const WORKER_MS = 1500;

type Message = { ask: string; mark: string } | { answer: string; grant: Grant } | { news: News };

/** Over a reload the service worker's memory keeps the key for seconds; a further window asks those that are open. */
export class PageKeeper implements Keeper {
  private readonly channel = new BroadcastChannel("cpims-vault");
  private readonly listeners: ((news: News) => void)[] = [];
  private give: () => Grant | null = () => null;
  private registration: ServiceWorkerRegistration | null = null;
  private holding: (() => void) | null = null;

  constructor() {
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ("ask" in data) {
        const grant = this.give();
        if (grant?.mark === data.mark) this.post({ answer: data.ask, grant });
      }
      if ("news" in data) for (const listener of this.listeners) listener(data.news);
    };
    addEventListener("pagehide", () => {
      this.handOn();
    });
    // A page that comes back from the browser's memory may have been signed out of meanwhile: it starts anew.
    addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
    void serviceWorkers()?.ready.then((registration) => {
      this.registration = registration;
    });
  }

  offer(give: () => Grant | null): void {
    this.give = give;
  }

  tell(news: News): void {
    if (news.type === "opened") this.hold();
    if (news.type === "closed") this.release();
    this.post({ news });
  }

  hear(listener: (news: News) => void): void {
    this.listeners.push(listener);
  }

  async take(mark: string): Promise<Grant | null> {
    const grant = (await this.fromWorker()) ?? (await this.fromOthers(mark));
    return grant?.mark === mark ? grant : null;
  }

  private handOn(): void {
    const grant = this.give();
    // Asked for only now: a new version may have taken the place of the worker that was there at the start.
    const worker = this.registration?.active;
    if (!grant || !worker) return;
    const token = crypto.randomUUID();
    sessionStorage.setItem(TOKEN, token);
    worker.postMessage({ type: "cpims.hold", token, grant });
  }

  private async fromWorker(): Promise<Grant | null> {
    const token = sessionStorage.getItem(TOKEN);
    if (token === null) return null;
    sessionStorage.removeItem(TOKEN);
    const registration = await serviceWorkers()?.getRegistration("/app/");
    const worker = registration?.active;
    if (!worker) return null;
    const { port1, port2 } = new MessageChannel();
    return firstOf<Grant>(WORKER_MS, (done) => {
      port1.onmessage = ({ data }: MessageEvent<Grant | null>) => {
        done(data);
      };
      worker.postMessage({ type: "cpims.take", token }, [port2]);
    }).finally(() => {
      port1.close();
    });
  }

  private async fromOthers(mark: string): Promise<Grant | null> {
    if (!(await anybodyHolds())) return null;
    const ask = crypto.randomUUID();
    const channel = new BroadcastChannel("cpims-vault");
    return firstOf<Grant>(ANSWER_MS, (done) => {
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if ("answer" in data && data.answer === ask) done(data.grant);
      };
      channel.postMessage({ ask, mark } satisfies Message);
    }).finally(() => {
      channel.close();
    });
  }

  /** Held while the vault is open here, so that a cold start need not wait for an answer that nobody can give. */
  private hold(): void {
    if (this.holding) return;
    void locks()?.request(HOLDS, { mode: "shared" }, () => new Promise<void>((release) => (this.holding = release)));
  }
  private release(): void {
    this.holding?.();
    this.holding = null;
  }

  private post(message: Message): void {
    this.channel.postMessage(message);
  }
}

function serviceWorkers(): ServiceWorkerContainer | undefined {
  return (navigator as Partial<Navigator>).serviceWorker;
}
function locks(): LockManager | undefined {
  return (navigator as Partial<Navigator>).locks;
}

async function anybodyHolds(): Promise<boolean> {
  const known = locks();
  if (!known) return true;
  return ((await known.query()).held ?? []).some((lock) => lock.name === HOLDS);
}

/** The first answer, or null when none comes in time. */
function firstOf<T>(ms: number, ask: (done: (value: T | null) => void) => void): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(null);
    }, ms);
    ask((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** Where there is only this page: a reload asks for the password. */
export const ALONE: Keeper = { offer: () => undefined, take: () => Promise.resolve(null), tell: () => undefined, hear: () => undefined };
