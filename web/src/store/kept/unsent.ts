const DAY_MS = 86_400_000;

/** From so long on it is said that nothing was sent. */
export const OLD_UNSENT_DAYS = 2;

/** For how many whole days something has been waiting to be sent; 0 when nothing has for long. */
export function daysUnsent(items: readonly { state: string; at: string }[], now: number): number {
  const waiting = items.filter((item) => item.state === "waiting" || item.state === "sending").map((item) => Date.parse(item.at));
  return waiting.length === 0 ? 0 : Math.max(0, Math.floor((now - Math.min(...waiting)) / DAY_MS));
}
