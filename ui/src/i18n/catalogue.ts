// All texts of the window, and how one of them is put together. Knows nothing of which language is shown now.
import { FluentBundle, FluentResource } from "@fluent/bundle";
import { isolate } from "./bidi";

export const TONGUES = ["en", "ar"] as const;
export type Tongue = (typeof TONGUES)[number];

/** What Intl formats by: digits and plurals as in Egypt, the calendar as on bills everywhere. */
export const LOCALES: Record<Tongue, string> = { en: "en-GB-u-ca-gregory", ar: "ar-EG-u-ca-gregory" };

export type Args = Record<string, string | number>;

/** A text that is not in a language yet, so that pure code can decide what is said. */
export interface Message {
  id: string;
  args?: Args;
}

// The tray's texts belong to the Rust side.
const files = import.meta.glob<string>(["../../locales/*/*.ftl", "!../../locales/*/tray.ftl"], {
  query: "?raw",
  import: "default",
  eager: true,
});

function bundle(tongue: Tongue): FluentBundle {
  // Isolation is ours (bidi.ts): Fluent's own wraps every number too, and the texts could not be searched.
  const made = new FluentBundle(LOCALES[tongue], { useIsolating: false });
  for (const [path, text] of Object.entries(files)) {
    if (path.includes(`/${tongue}/`)) {
      made.addResource(new FluentResource(text));
    }
  }
  return made;
}

const bundles: Record<Tongue, FluentBundle> = { en: bundle("en"), ar: bundle("ar") };

export function format(tongue: Tongue, id: string, args: Args = {}): string {
  const pattern = bundles[tongue].getMessage(id)?.value;
  // Tests see to it that no text is missing; a window that shows an ID is better than none.
  if (!pattern) return id;
  const ready: Args = {};
  for (const [name, value] of Object.entries(args)) {
    ready[name] = typeof value === "string" ? isolate(value, tongue) : value;
  }
  return bundles[tongue].formatPattern(pattern, ready, []);
}
