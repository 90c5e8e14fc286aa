import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { VitePWA } from "vite-plugin-pwa";
import { locales } from "./build/locales.ts";
import { messages } from "./build/messages.ts";

const server = process.env["CPIMS_API"] ?? "http://127.0.0.1:8000";

/** The policy under which the app is served (by the server; here for looking at the built app). */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'; font-src 'self'; " +
  "manifest-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export default defineConfig({
  base: "/app/",
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "es2022", assetsInlineLimit: 0, sourcemap: false, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": { target: server } }, fs: { allow: [".."] } },
  preview: { headers: { "Content-Security-Policy": policy }, proxy: { "/api": { target: server } } },
  plugins: [
    messages(),
    locales(),
    VitePWA({
      strategies: "generateSW",
      registerType: "prompt",
      injectRegister: false,
      scope: "/app/",
      filename: "sw.js",
      manifestFilename: "manifest.webmanifest",
      manifest: {
        id: "/app/",
        name: "CPIMS – child protection case management",
        short_name: "CPIMS",
        description: "Case management for the protection of children.",
        start_url: "/app/",
        scope: "/app/",
        display: "standalone",
        background_color: "#f6f4f0",
        theme_color: "#0b5f5f",
        icons: [
          { src: "icons/icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "icons/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icons/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{html,js,css,svg,woff2}"],
        // Its own parts, and the languages: of these only the ones in use are kept (public/keeper.js).
        globIgnores: ["keeper.js", "locales.js", "assets/argon2-*.js", "assets/{en,fr,es,ar}-*.js"],
        importScripts: ["locales.js", "keeper.js"],
        navigateFallback: "/app/index.html",
        navigateFallbackAllowlist: [/^\/app\//],
        // Records never enter the HTTP or service worker cache: they live encrypted in the store, and nowhere else.
        runtimeCaching: [{ urlPattern: /\/app\/assets\/(en|fr|es|ar)-[^/]*\.js$/, handler: "CacheFirst", options: { cacheName: "cpims-locales" } }],
        cleanupOutdatedCaches: true,
        skipWaiting: false,
        clientsClaim: false,
        inlineWorkboxRuntime: true,
      },
    }),
  ],
  test: {
    include: ["src/**/*.test.{ts,tsx}", "test/**/*.test.{ts,tsx}"],
    environment: "node",
    maxWorkers: 1,
    isolate: true,
  },
});
