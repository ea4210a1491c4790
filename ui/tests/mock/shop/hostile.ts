// What a document of ill will may hold wherever a document's text is shown.
import type { Conflict, Leaf, Row } from "../../../src/lib/wire";
import type { World } from "../world";
import { asStatus } from "./lists";

export const MARKUP = '<img src=x onerror="window.wasHacked = true">';
export const OVERRIDE = "bill\u202Egpj.exe\u2066";
export const LONG = "W".repeat(10_240);
// The backend cuts the values of fields, and the names of those that Bomba's checks name.
const VALUE_MAX = 500;
const FIELD_MAX = 100;

export function hostile(world: World): void {
  const texts = [MARKUP, OVERRIDE, LONG];
  const cut = texts.map((text) => text.slice(0, FIELD_MAX));
  texts.forEach((text, index) => {
    Object.assign(world.conflicts[index] ?? {}, { label: text, winner: text, loser: text, detectedBy: text });
    Object.assign(world.problems[index] ?? {}, {
      document: text,
      reason: text,
      collection: text,
      failures: cut.map((path) => ({ path, message: path })),
    });
    Object.assign(world.devices[index] ?? {}, { name: text });
    Object.assign(world.collections[index] ?? {}, { name: text, labelField: text });
  });
  world.held = texts.map((collection) => ({ collection, direction: "upload", count: 120, since: 0 }));
  world.conflicts.forEach((conflict, index) => {
    if (index < texts.length) conflict.collection = MARKUP;
  });
  world.rowsOf = () => texts.map((text) => row([text, text], { kind: "text", text: text.slice(0, VALUE_MAX) }));
  world.settings.deviceName.value = OVERRIDE;
  world.settings.modelsFolder.value = "/srv/bomba/models";
  world.rules = {
    collections: cut.map((name) => ({ name, from: "models" })),
    problems: cut.map((about) => ({ from: "file", about, text: about })),
  };
  world.tried = (text) =>
    text.includes("refuse")
      ? {
          outcome: "refused",
          kind: "rules-refused",
          reason: MARKUP,
          fields: cut.map((path) => ({ failure: { path, message: path }, value: { kind: "text", text: path } })),
        }
      : { outcome: "changed", rows: world.rowsOf(world.conflicts[0] as Conflict), truncated: false };
  world.status.collections = asStatus(world.collections);
  world.status.notices = [{ kind: "unheard-of", text: MARKUP, about: MARKUP }];
}

function row(path: string[], leaf: Leaf): Row {
  return { path, first: leaf, second: { ...leaf, text: `${leaf.text}!` }, differs: true };
}
