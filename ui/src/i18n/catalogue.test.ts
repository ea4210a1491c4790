import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, type Entry, type Message, type Pattern, type Placeable } from "@fluent/syntax";
import { describe, expect, test } from "vitest";
import { format, TONGUES, type Tongue } from "./catalogue";

const ROOT = join(import.meta.dirname, "../..");
/** What Intl asks for in Arabic. */
const ARABIC_FORMS = ["zero", "one", "two", "few", "many", "other"];

const files = (tongue: Tongue): string[] => readdirSync(join(ROOT, "locales", tongue)).sort();

function entries(tongue: Tongue, file: string): Entry[] {
  return parse(readFileSync(join(ROOT, "locales", tongue, file), "utf8"), {}).body;
}

function messages(tongue: Tongue, file: string): Message[] {
  return entries(tongue, file).filter((entry): entry is Message => entry.type === "Message");
}

/** Every variable of a pattern, and every choice with its cases. */
function inside(pattern: Pattern | null): { variables: Set<string>; choices: { variable: string; cases: string[] }[] } {
  const variables = new Set<string>();
  const choices: { variable: string; cases: string[] }[] = [];
  const look = (expression: Placeable["expression"]): void => {
    if (expression.type === "VariableReference") variables.add(expression.id.name);
    if (expression.type === "FunctionReference") expression.arguments.positional.forEach(look);
    if (expression.type === "Placeable") look(expression.expression);
    if (expression.type === "SelectExpression") {
      look(expression.selector);
      const variable = expression.selector.type === "VariableReference" ? expression.selector.id.name : "";
      choices.push({
        variable,
        cases: expression.variants.map(({ key }) => (key.type === "Identifier" ? key.name : key.value)),
      });
      for (const variant of expression.variants) walk(variant.value);
    }
  };
  const walk = (part: Pattern): void => {
    for (const element of part.elements) if (element.type === "Placeable") look(element.expression);
  };
  if (pattern) walk(pattern);
  return { variables, choices };
}

function sources(folder = join(ROOT, "src")): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(name) && !name.endsWith(".test.ts") ? [path] : [];
  });
}

const prefixes = files("en")
  .map((file) => basename(file, ".ftl"))
  .filter((name) => name !== "tray");
const window = prefixes.flatMap((name) => messages("en", `${name}.ftl`));

/** Message IDs are written in full and as plain strings, so that they can be found. */
function used(): Map<string, string> {
  const found = new Map<string, string>();
  const id = new RegExp(`["'\`]((?:${prefixes.join("|")})-[a-z0-9-]*)(["'\`]|\\$\\{)`, "g");
  for (const path of sources()) {
    for (const [, name = "", end] of readFileSync(path, "utf8").matchAll(id)) {
      found.set(end === "${" ? `${name}\${…} in ${path}` : name, path);
    }
  }
  return found;
}

test("both languages have the same files", () => {
  expect(files("ar")).toEqual(files("en"));
});

describe.each(files("en"))("%s", (file) => {
  test.each(TONGUES)("has nothing that cannot be read, %s", (tongue) => {
    expect(entries(tongue, file).filter((entry) => entry.type === "Junk")).toEqual([]);
  });

  test("has the same messages with the same variables in both languages", () => {
    const shape = (tongue: Tongue): string[] =>
      messages(tongue, file).map(({ id, value }) => `${id.name} ${[...inside(value).variables].sort().join(" ")}`);
    expect(shape("ar")).toEqual(shape("en"));
  });

  test("begins its messages with its own name", () => {
    const strays = messages("en", file).filter(
      ({ id }) => !/^(menu|notify)-/.test(id.name) && !id.name.startsWith(`${basename(file, ".ftl")}-`),
    );
    expect(strays.map(({ id }) => id.name)).toEqual([]);
  });

  test("has every Arabic form wherever English has more than one", () => {
    const english = new Map(messages("en", file).map((message) => [message.id.name, inside(message.value).choices]));
    const missing = messages("ar", file).flatMap(({ id, value }) =>
      (english.get(id.name) ?? [])
        .filter(({ cases }) => cases.includes("one"))
        .flatMap(({ variable }) => {
          const cases = inside(value).choices.find((choice) => choice.variable === variable)?.cases ?? [];
          return ARABIC_FORMS.filter((form) => !cases.includes(form)).map((form) => `${id.name} ${form}`);
        }),
    );
    expect(missing).toEqual([]);
  });
});

test("every text that is asked for exists", () => {
  const known = new Set(window.map(({ id }) => id.name));
  expect([...used().keys()].filter((name) => !known.has(name))).toEqual([]);
});

test("every text that exists is asked for", () => {
  const asked = new Set(used().keys());
  expect(window.map(({ id }) => id.name).filter((name) => !asked.has(name))).toEqual([]);
});

test.each(TONGUES)("every text can be put together, %s", (tongue) => {
  const broken = window.filter(({ id, value }) => {
    const given = Object.fromEntries([...inside(value).variables].map((name) => [name, 3]));
    const text = format(tongue, id.name, given);
    return text === id.name || text.includes("{");
  });
  expect(broken.map(({ id }) => id.name)).toEqual([]);
});

test("no text says technical words to the shop", () => {
  const technical = /replica|\bstream|bson|quarantine|token|\bsync(?:ed|ing)? engine|\bAtlas\b|\bLocal\b|collection/i;
  const texts = prefixes.map((name) => readFileSync(join(ROOT, "locales/en", `${name}.ftl`), "utf8"));
  const said = texts
    .join("\n")
    .split("\n")
    .map((line) => line.replace(/^[a-z0-9-]+ = /, ""));
  expect(said.filter((line) => technical.test(line))).toEqual([]);
});

test.each([
  [0, "لا تغييرات تنتظر"],
  [1, "تغيير واحد ينتظر"],
  [2, "تغييران ينتظران"],
  [3, "٣ تغييرات تنتظر"],
  [11, "١١ تغييرًا تنتظر"],
  [100, "١٠٠ تغيير تنتظر"],
])("%i waiting changes in Arabic", (count, text) => {
  expect(format("ar", "overview-waiting", { count })).toBe(text);
});

test.each([
  [1, "1 change waiting"],
  [1200, "1,200 changes waiting"],
])("%i waiting changes in English", (count, text) => {
  expect(format("en", "overview-waiting", { count })).toBe(text);
});
