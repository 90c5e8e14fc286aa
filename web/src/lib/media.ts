import { useCallback, useSyncExternalStore } from "preact/compat";

/** Whether a media query holds now, kept up to date. */
export function useMedia(query: string): boolean {
  const watch = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => {
        list.removeEventListener("change", listener);
      };
    },
    [query],
  );
  return useSyncExternalStore(watch, () => matchMedia(query).matches);
}

/** Room for tables and side panels. */
export function useWide(): boolean {
  return useMedia("(min-width: 60rem)");
}
