import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const SRC = fileURLToPath(new URL("./src", import.meta.url));

/** Low to high: a floor imports its own and lower ones only, and a feature never imports another feature. */
const FLOORS = ["lib", "api", "engine", "ui", "store", "renderer", "features", "app"];

/** The engine is pure, and the renderer's fields and the ui know nothing of the store. */
const NEVER = { engine: ["api", "ui", "store"], ui: ["api", "engine", "store"], api: ["ui", "store"], lib: FLOORS.slice(1) };

const floors = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const here = relative(SRC, context.filename).split(sep);
    const floor = here[0];
    if (!FLOORS.includes(floor)) return {};
    if (context.filename.includes(".test.")) return {};
    const look = (node, source) => {
      if (typeof source !== "string") return;
      const path = source.startsWith("~/") ? resolve(SRC, source.slice(2)) : source.startsWith(".") ? resolve(dirname(context.filename), source) : null;
      if (path === null) return;
      const there = relative(SRC, path).split(sep);
      if (!FLOORS.includes(there[0])) return;
      if (FLOORS.indexOf(there[0]) > FLOORS.indexOf(floor) || NEVER[floor]?.includes(there[0]))
        context.report({ node, message: `${floor} may not import ${there[0]}: floors are ${FLOORS.join(" < ")}` });
      if (floor === "features" && there[0] === "features" && there[1] !== here[1])
        context.report({ node, message: `feature ${here[1]} may not import feature ${there[1]}` });
    };
    return {
      ImportDeclaration: (node) => look(node, node.source.value),
      ExportNamedDeclaration: (node) => look(node, node.source?.value),
      ExportAllDeclaration: (node) => look(node, node.source.value),
      ImportExpression: (node) => look(node, node.source.value),
    };
  },
};

/** A literal style attribute and raw HTML have no place under our content security policy. */
const policy = [
  { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "No raw HTML." },
  { selector: "JSXAttribute[name.name='style'][value.type='Literal']", message: "No style text: use a class." },
  { selector: "MemberExpression[property.name='innerHTML']", message: "No raw HTML." },
];

export default tseslint.config(
  { ignores: ["dist", "dev-dist", "node_modules", "src/api/schema.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    // Part of the service worker, in its own world.
    files: ["public/keeper.js"],
    languageOptions: { globals: Object.fromEntries(["self", "caches", "setTimeout", "clearTimeout", "URL"].map((name) => [name, "readonly"])) },
  },
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { cpims: { rules: { floors } } },
    rules: {
      "cpims/floors": "error",
      "max-lines": ["error", { max: 600, skipBlankLines: false, skipComments: false }],
      "no-restricted-syntax": ["error", ...policy],
      "no-console": "error",
      eqeqeq: ["error", "always"],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/unified-signatures": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
    },
  },
  { files: ["scripts/**/*.mjs", "test/**/*.mjs", "*.js"], languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly", Buffer: "readonly" } } },
  { files: ["test/**"], rules: { "no-console": "off", "@typescript-eslint/no-non-null-assertion": "off" } },
  { files: ["**/*.test.{ts,tsx}"], rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
);
