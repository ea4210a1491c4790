// A name in the other script must not turn the sentence around it.
import type { Tongue } from "./catalogue";

const RIGHT_TO_LEFT = /\p{Script=Arabic}|\p{Script=Hebrew}/u;
/** Embeddings, overrides and isolates: in a text of ill will they would end ours and turn what follows. */
const ENCLOSING = /[\u202a-\u202e\u2066-\u2069]/g;
/** Stand between the parts of an Arabic date and have to stay there. */
const MARK = /[\u061c\u200e\u200f]/;
const LETTER = /\p{L}/u;
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

export const direction = (tongue: Tongue): "ltr" | "rtl" => (tongue === "ar" ? "rtl" : "ltr");

/** For a text that an element of its own isolates. */
export const plain = (text: string): string => text.replace(ENCLOSING, "");

/** Wrapped only where it is needed: the marks are invisible but take part in search and copy. */
export function isolate(text: string, tongue: Tongue): string {
  const safe = plain(text);
  const letters = tongue === "ar" ? LETTER.test(safe.replace(/\p{Script=Arabic}/gu, "")) : RIGHT_TO_LEFT.test(safe);
  const foreign = letters || MARK.test(safe);
  return foreign ? FIRST_STRONG_ISOLATE + safe + POP_ISOLATE : safe;
}
