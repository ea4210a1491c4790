import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["node_modules"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, globals: globals.node },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { varsIgnorePattern: "^_$", argsIgnorePattern: "^_$" }],
    },
  },
  // NUL marks keys in a line of EJSON on purpose.
  { files: ["host/wire.mjs"], rules: { "no-control-regex": "off" } },
  { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs" } },
];
