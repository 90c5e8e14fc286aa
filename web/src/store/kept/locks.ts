/** Work that must not happen twice at once: across windows where the browser has locks, else within this one. */
const running = new Map<string, Promise<unknown>>();

export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (locks) return (await locks.request(name, work)) as T;
  const before = running.get(name) ?? Promise.resolve();
  const mine = before.then(work, work);
  running.set(
    name,
    mine.catch(() => undefined),
  );
  return mine;
}

/** Does the work unless it is being done already; false when it is. */
export async function unlessRunning(name: string, work: () => Promise<void>): Promise<boolean> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (locks) {
    return (await locks.request(name, { ifAvailable: true }, async (held) => {
      if (held) await work();
      return held !== null;
    })) as boolean;
  }
  if (running.has(name)) return false;
  const mine = work();
  running.set(name, mine.catch(() => undefined));
  try {
    await mine;
    return true;
  } finally {
    running.delete(name);
  }
}
