import type { Plugin } from "vite";

/**
 * Tells the service worker where each language of this build lies (`locales.js`), so that it keeps those that are used
 * on the device and no other.
 */
export function locales(): Plugin {
  return {
    name: "cpims-locales",
    apply: "build",
    generateBundle(_options, bundle) {
      const found: Record<string, string> = {};
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        const locale = chunk.moduleIds.find((id) => id.startsWith("\0virtual:messages/"))?.split("/").pop();
        if (locale !== undefined) found[locale] = `/app/${chunk.fileName}`;
      }
      this.emitFile({ type: "asset", fileName: "locales.js", source: `self.cpimsLocales = ${JSON.stringify(found)};\n` });
    },
  };
}
