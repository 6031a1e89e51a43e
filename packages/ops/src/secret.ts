import { inspect } from "node:util";
import { z } from "zod";

const MASK = "[secret]";

/** A value that no log, template string or JSON can show by accident. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: call it where it is used, never before. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Schema of an environment variable that holds a secret. */
export const SecretText = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));
