import { expect, test } from "vitest";
import { databaseIn, flaw, host, withLogin } from "./addresses";

test.each([
  ["", null],
  ["mongodb://127.0.0.1:27017", null],
  ["  mongodb+srv://shop:pw@c.ab1cd.mongodb.net/bomba?retryWrites=true ", null],
  ["127.0.0.1:27017", "connections-flaw-begins"],
  ["http://example.com", "connections-flaw-begins"],
  ["mongodb://", "connections-flaw-begins"],
  ["mongodb+srv://shop:<db_password>@c.ab1cd.mongodb.net", "connections-flaw-blank"],
])("what is wrong with %j", (address, id) => {
  expect(flaw(address)).toBe(id);
});

test.each([
  ["mongodb+srv://u:p@host/bomba?x=1", "bomba"],
  ["mongodb://a:1,b:2/shop", "shop"],
  ["mongodb://a:1/", null],
  ["mongodb://a:1/?replicaSet=rs0", null],
  ["mongodb://a:1", null],
])("the database in %j", (address, name) => {
  expect(databaseIn(address)).toBe(name);
});

test("a login is put in, whatever its letters", () => {
  expect(withLogin("mongodb://127.0.0.1:27017", "shop", "p@ss/كلمة")).toBe(
    "mongodb://shop:p%40ss%2F%D9%83%D9%84%D9%85%D8%A9@127.0.0.1:27017/?authSource=admin",
  );
  expect(withLogin("mongodb://localhost:27017/?directConnection=true", "u", "p")).toBe(
    "mongodb://u:p@localhost:27017/?directConnection=true&authSource=admin",
  );
  expect(withLogin("mongodb://localhost:27017/", "u", "p")).toBe("mongodb://u:p@localhost:27017/?authSource=admin");
});

test("what people see of an address", () => {
  expect(host("mongodb://127.0.0.1:27017/?directConnection=true")).toBe("127.0.0.1:27017");
});
