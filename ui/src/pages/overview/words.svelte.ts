// The words a decision about a sentence needs, in the language shown now.
import { now } from "../../live/clock.svelte";
import * as i18n from "../../i18n/words.svelte";

export interface Words {
  ago(at: number): string;
  duration(ms: number): string;
  percent(share: number): string;
}

export const words: Words = {
  ago: (at) => i18n.ago(at, now()),
  duration: i18n.duration,
  percent: i18n.percent,
};
