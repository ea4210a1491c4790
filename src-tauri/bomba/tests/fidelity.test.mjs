/**
 * What a model leaves alone comes back as it came in, whatever BSON type it has and whatever the schema knows of it.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { date, decimal, double, int, long, oid } from "./rig/ejson.mjs";
import { atEnd, startHost } from "./rig/engine.mjs";
import { commonJs, folder, MAJORS } from "./rig/folder.mjs";

/** Each type of the canonical EJSON specification, with the values that are easily lost. */
const VALUES = {
  int: int(5),
  intMin: int(-2147483648),
  long: long(5),
  longUnsafe: long(9007199254740993n),
  longMin: long(-9223372036854775808n),
  double: double("5.0"),
  doubleFraction: double("0.1"),
  doubleHuge: double("1e+300"),
  negativeZero: double("-0.0"),
  notANumber: double("NaN"),
  infinity: double("Infinity"),
  minusInfinity: double("-Infinity"),
  decimal: decimal("5"),
  decimalPlaces: decimal("5.00"),
  decimalExponent: decimal("1E+3"),
  decimalNotANumber: decimal("NaN"),
  string: "شاي \u0001 \uD83C\uDF75 \"quoted\" {\"5\":1,\"__proto__\":2}",
  empty: "",
  true: true,
  false: false,
  null: null,
  date: date(1_764_000_000_123),
  dateBefore1970: date(-1),
  dateBeyondJavaScript: { $date: { $numberLong: "9223372036854775807" } },
  objectId: oid(77),
  binary: { $binary: { base64: "AQID", subType: "00" } },
  binaryEmpty: { $binary: { base64: "", subType: "00" } },
  binaryOfTheUser: { $binary: { base64: "AQID", subType: "80" } },
  binaryMd5: { $binary: { base64: "AAECAwQFBgcICQoLDA0ODw==", subType: "05" } },
  uuid: { $binary: { base64: "EjRWeJq8Q96BI0VniavN7w==", subType: "04" } },
  uuidOld: { $binary: { base64: "EjRWeJq8Q96BI0VniavN7w==", subType: "03" } },
  timestamp: { $timestamp: { t: 1_764_000_000, i: 7 } },
  regex: { $regularExpression: { pattern: "^شاي", options: "i" } },
  regexOfMongoDb: { $regularExpression: { pattern: "a b", options: "imx" } },
  symbol: { $symbol: "sym" },
  code: { $code: "process.exit()" },
  codeWithScope: { $code: "f()", $scope: { x: int(1) } },
  minKey: { $minKey: 1 },
  maxKey: { $maxKey: 1 },
  reference: { $ref: "bills", $id: oid(5), $db: "bomba" },
  list: [int(1), long(1), [], [null], {}],
  inside: { z: int(1), a: long(1), 7: double("1.0"), m: {} },
};

/** Types that a schema has, with values that a program other than Bomba may have written there. */
const TYPED = {
  Number: ["int", "long", "longUnsafe", "double", "doubleFraction", "doubleHuge", "negativeZero", "decimal", "decimalPlaces", "null"],
  String: ["string", "empty", "symbol", "null"],
  Date: ["date", "dateBefore1970", "null"],
  Buffer: ["binary", "binaryEmpty", "binaryOfTheUser", "binaryMd5"],
  "Schema.Types.Decimal128": ["decimal", "decimalPlaces", "decimalExponent", "int"],
  "Schema.Types.ObjectId": ["objectId", "null"],
  "Schema.Types.UUID": ["uuid"],
  Boolean: ["true", "false", "null"],
  "Schema.Types.Mixed": Object.keys(VALUES),
}; // prettier-ignore

const PLACES = Object.entries(TYPED).flatMap(([type, names]) => names.map((name) => ({ type, name, field: `${type.replace(/.*\./, "")}_${name}` })));

const typed = PLACES.map(({ type, field }) => `${field}: ${type}`).join(", ");
const HOOK = `s.pre("save", function () { this.changed = 1; });`;
const FILES = {
  "typed.js": commonJs(`const s = new Schema({ changed: Number, ${typed} }); ${HOOK} model("Typed", s, "typed");`),
  "loose.js": commonJs(`const s = new Schema({ changed: Number }, { strict: false }); ${HOOK} model("Loose", s, "loose");`),
  "strict.js": commonJs(`const s = new Schema({ changed: Number, sub: new Schema({ n: Number }, { _id: false }), list: [new Schema({ n: Number }, { _id: false })] }); ${HOOK} model("Strict", s, "strict");`),
};

/** @param {object} fields */
function around(fields) {
  return { _id: oid(1), ...fields, changed: int(0), __v: int(0) };
}

const unknown = around({ ...VALUES, sub: { ...VALUES, n: long(1) }, list: [{ ...VALUES, n: long(1) }, VALUES] });
/** @type {Record<string, any>} */
const documents = {
  typed: around(Object.fromEntries(PLACES.map(({ name, field }) => [field, /** @type {any} */ (VALUES)[name]]))),
  loose: around(VALUES),
  strict: unknown,
};

for (const major of MAJORS) {
  describe(`mongoose ${major}`, () => {
    const suite = atEnd(after);
    /** @type {import("./rig/engine.mjs").Host} */
    let host;
    before(async () => {
      host = startHost(folder(major, FILES, suite), suite);
      assert.deepEqual((await host.read()).ready.problems, []);
    });
    for (const [collection, incoming] of Object.entries(documents)) {
      const existing = { ...incoming, changed: int(7), more: int(1) };
      for (const [name, task] of Object.entries({ new: { incoming }, changed: { incoming, existing }, "wholly changed": { incoming, existing: { _id: oid(1), list: [], inside: int(1) } } })) {
        test(`${collection}: every value of a ${name} document`, async () => {
          const [result] = await host.batch(collection, [task]);
          assert.deepEqual(Object.keys(result), ["document"], JSON.stringify(result));
          for (const [key, value] of Object.entries(incoming)) {
            if (key !== "changed") assert.equal(JSON.stringify(result.document[key]), JSON.stringify(value), key);
          }
          assert.equal(JSON.stringify(result.document), JSON.stringify({ ...incoming, changed: int(1) }));
        });
      }
    }
  });
}
