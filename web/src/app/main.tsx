import { render } from "preact/compat";
import "~/ui/tokens.css";
import "~/ui/base.css";
import { preferredLocale, setLocale } from "~/lib/i18n";
import { startRouter } from "~/lib/router";
import { startTheme } from "~/lib/theme";
import { Remote } from "~/store/remote";
import { Vault } from "~/store/vault";
import { PageKeeper } from "~/store/vault/keeper";
import { App, Broken } from "./App";
import { keepOnDevice, watchForUpdates } from "./updates";

/** The first beats: look, language, vault, session; each screen comes after. */
async function start(): Promise<void> {
  const root = document.getElementById("app");
  if (!root) return;
  startTheme();
  startRouter();
  const locale = setLocale(preferredLocale());
  try {
    let source: Remote | null = null;
    const vault = await Vault.open(undefined, undefined, {
      // A newer version of the app is open in another window and waits for this one.
      onOutdated: () => {
        void (source?.drafts.settled() ?? Promise.resolve()).finally(() => {
          vault.close();
          location.reload();
        });
      },
      onBlocked: () => {
        void locale.then(() => {
          render(<Broken older />, root);
        });
      },
    });
    source = new Remote(vault, new PageKeeper());
    const session = source.start();
    await locale;
    render(<App source={source} />, root);
    await session;
    // Only now: what is kept for later is not to share a thin line with the way in.
    watchForUpdates(source.drafts.dirty);
  } catch {
    // A version that does not start is mended by the next one.
    keepOnDevice();
    await locale.catch(() => undefined);
    render(<Broken />, root);
  }
}

void start();
