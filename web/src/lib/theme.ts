import { useWatched, watched } from "./watched";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const KEPT = "cpims.theme";

function read(): Theme {
  const kept = typeof localStorage === "undefined" ? null : localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

const theme = watched<Theme>(read());

function show(value: Theme): void {
  if (value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = value;
}

export function startTheme(): void {
  show(theme.get());
}

export function setTheme(value: Theme): void {
  localStorage.setItem(KEPT, value);
  show(value);
  theme.set(value);
}

export function useTheme(): Theme {
  return useWatched(theme);
}
