// A command that is refused, as the window hears it.
import type { Failure } from "../../src/lib/wire";

export class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.text);
    this.failure = failure;
  }
}
