// Bomba's own checks: two lists from the folder, one from the file, and what they make of a bill.
import type { Leaf, RulesAnswer, RulesSample, RulesView, Side } from "../../../src/lib/wire";
import { Refusal } from "../refusal";

export const BILL = {
  _id: { $oid: "64f0c0ffee64f0c0ffee0001" },
  number: "B-1044",
  customer: "علي حسين",
  items: [
    { title: "رز بسمتي 5 كغم", quantity: 2, price: 9500 },
    { title: "Olive oil 1 l", quantity: 1, price: 12000 },
  ],
  paid: 0,
};
const TOTAL = 31_000;

export function rules(): RulesView {
  return {
    collections: [
      { name: "bills", from: "models" },
      { name: "customers", from: "models" },
      { name: "logs", from: "file" },
    ],
    problems: [],
  };
}

export function amiss(): RulesView {
  return {
    collections: [{ name: "bills", from: "models" }],
    problems: [
      { from: "models", about: "old/payment.js", text: "Cannot find module 'moment'" },
      { from: "file", about: null, text: "the rules file /srv/bomba/rules.json cannot be used: EOF at line 3" },
      { from: "file", about: "logs", text: "local: Unrecognized expression '$nonsense' (code 168)" },
    ],
  };
}

export function sample(name: string, side: Side, called: string | null): RulesSample {
  const number = called ?? "B-1044";
  if (name === "logs" || number === "B-9999") {
    throw new Refusal({ kind: "gone", field: null, text: "it is not there any more" });
  }
  const bill = { ...BILL, number, ...(side === "atlas" && { paid: 5000 }) };
  return { label: number, text: JSON.stringify(bill, null, 2), exact: number !== "B-7" };
}

export function tried(text: string): RulesAnswer {
  let bill: Partial<typeof BILL> & { total?: number };
  try {
    bill = JSON.parse(text) as typeof BILL;
  } catch {
    throw new Refusal({ kind: "bad-value", field: "document", text: "EOF while parsing an object at line 4 column 0" });
  }
  if (bill.number === undefined || (bill.paid ?? 0) < 0) return refused(bill.paid ?? 0);
  if (bill.number === "B-BROKEN") {
    const reason = "Bomba's rules broke down on it: it did not finish in time";
    return { outcome: "refused", kind: "rules-failed", fields: [], reason };
  }
  if (bill.total === TOTAL) return { outcome: "unchanged" };
  const row = (path: string[], first: Leaf | null, second: Leaf | null = first) => ({
    path,
    first,
    second,
    differs: first !== second,
  });
  return {
    outcome: "changed",
    rows: [
      row(["number"], asText(bill.number)),
      row(["items", "1", "title"], asText("رز بسمتي 5 كغم")),
      row(["items", "1", "price"], asNumber(9500)),
      row(["items", "2", "price"], asNumber(12000)),
      row(["paid"], asNumber(bill.paid ?? 0)),
      row(["total"], bill.total === undefined ? null : asNumber(bill.total), asNumber(TOTAL)),
      row(["status"], null, asText("open")),
    ],
    truncated: false,
  };
}

function refused(paid: number): RulesAnswer {
  return {
    outcome: "refused",
    kind: "rules-refused",
    fields: [
      { failure: { path: "number", message: "" }, value: null },
      { failure: { path: "paid", message: "المدفوع لا يكون أقل من صفر" }, value: asNumber(paid) },
    ],
    reason: "Bomba's rules do not allow it: number; paid: المدفوع لا يكون أقل من صفر",
  };
}

function asText(value: string): Leaf {
  return { kind: "text", text: value };
}

function asNumber(value: number): Leaf {
  return { kind: "number", text: String(value) };
}
