// The time, once a second, for ages and spans in words.
import { createSubscriber } from "svelte/reactivity";

const tick = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => {
    clearInterval(timer);
  };
});

/** Read in a template or an effect it is read again every second. */
export function now(): number {
  tick();
  return Date.now();
}
