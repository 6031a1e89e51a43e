/** What looks like a secret: the rule that says so, where, and a name that says nothing of the secret itself. */
export type SecretFound = { rule: string; line: number; name: string };

/** Places where patterns begin times the lengths of their pieces, of a whole change; half a second of the worst. */
const WORK = 16_000_000;

/** What may still be searched; the files of a change share one. */
export type Effort = { left: number };

export function newEffort(): Effort {
  return { left: WORK };
}

/**
 * Looks for secrets in a file. Handed to whoever judges, because its rules are large and only some need them.
 *
 * @returns undefined when it is made to be searched for ever, or is too large a heap of keys: nobody knows what it has
 */
export type FindSecrets = (path: string, text: string, effort: Effort) => SecretFound[] | undefined;
