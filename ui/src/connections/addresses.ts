// What can be told of a MongoDB address without asking anybody.

const ADDRESS = /^mongodb(\+srv)?:\/\/[^\s/]+/;
/** Atlas' website hands out addresses with this in place of the password. */
const BLANK = /<[^>]*>/;

/** The text to show under the field, or null when nothing looks wrong. */
export function flaw(address: string): string | null {
  const typed = address.trim();
  if (typed === "") return null;
  if (!ADDRESS.test(typed)) return "connections-flaw-begins";
  return BLANK.test(typed) ? "connections-flaw-blank" : null;
}

/** Under which path an address names its database. */
export function databaseIn(address: string): string | null {
  const path = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(address.trim())?.[1];
  return path ?? null;
}

/** A found address with somebody's name and password. Users of a MongoDB of one's own are kept in `admin`. */
export function withLogin(address: string, user: string, password: string): string {
  const [scheme = "", rest = ""] = address.split("://", 2);
  const [hosts = "", query] = rest.split("/?", 2);
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const options = [query, "authSource=admin"].filter((part) => part !== undefined && part !== "").join("&");
  return `${scheme}://${login}@${hosts.replace(/\/$/, "")}/?${options}`;
}

/** What people see of a found address. */
export const host = (address: string): string => address.replace(/^mongodb(\+srv)?:\/\//, "").replace(/\/.*$/, "");
