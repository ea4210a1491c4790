import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const oneDoor = [
  "error",
  { patterns: [{ group: ["@tauri-apps/*"], message: "Only src/lib/ipc.ts talks to the backend." }] },
];

export default ts.config(
  { ignores: ["dist", "node_modules", "src/lib/wire.ts"] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: true, extraFileExtensions: [".svelte"], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // An arrow that only forwards to the backend reads best on one line.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-imports": oneDoor,
      "svelte/no-at-html-tags": "error",
      "svelte/require-each-key": "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // ESLint does not know the types of a component's properties; svelte-check does, and checks them.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      // `void value` in an effect is how it says what it depends on.
      "@typescript-eslint/no-meaningless-void-operator": "off",
    },
  },
  { files: ["src/lib/ipc.ts", "tests/**"], rules: { "no-restricted-imports": "off" } },
  { files: ["tests/**", "*.config.*"], languageOptions: { globals: { ...globals.node } } },
  { files: ["**/*.js"], ...ts.configs.disableTypeChecked },
);
