import type { SystemTx } from "../database.ts";

/**
 * Notes the present master key of the servers, by name. The key noted before must be among `known`.
 * System work.
 * @returns the name of a noted key that is not known: nothing was changed
 */
export async function noteServerKey(
  tx: SystemTx,
  keys: { current: string; known: readonly string[] },
): Promise<string | undefined> {
  const { rows } = await tx.query<{ name: string }>(
    `INSERT INTO server_key AS k (name) VALUES ($1)
     ON CONFLICT (one) DO UPDATE SET
       name = CASE WHEN k.name = ANY ($2) THEN excluded.name ELSE k.name END,
       since = CASE WHEN k.name <> excluded.name AND k.name = ANY ($2) THEN now() ELSE k.since END
     RETURNING name`,
    [keys.current, keys.known],
  );
  const noted = rows[0]?.name;
  return noted === keys.current ? undefined : noted;
}
