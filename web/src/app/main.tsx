import { render } from "preact/compat";
import "~/ui/tokens.css";
import "~/ui/base.css";
import { preferredLocale, setLocale } from "~/lib/i18n";
import { startRouter } from "~/lib/router";
import { startTheme } from "~/lib/theme";
import { Remote } from "~/store/remote";
import { Vault } from "~/store/vault";
import { App, Broken } from "./App";
import { watchForUpdates } from "./updates";

/** The first beats: look, language, vault, session; each screen comes after. */
async function start(): Promise<void> {
  const root = document.getElementById("app");
  if (!root) return;
  startTheme();
  startRouter();
  const locale = setLocale(preferredLocale());
  try {
    const source = new Remote(await Vault.open());
    const session = source.start();
    await locale;
    render(<App source={source} />, root);
    await session;
    watchForUpdates(source.drafts.dirty);
  } catch {
    await locale.catch(() => undefined);
    render(<Broken />, root);
  }
}

void start();
