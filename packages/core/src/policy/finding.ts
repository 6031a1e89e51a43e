/** `refuse`: nobody may override it. `block`: an owner may, for this very ChangeSet. */
export type PolicyFinding = { rule: string; path: string | null; message: string; level: "refuse" | "block" };

export function refuse(rule: string, path: string | null, message: string): PolicyFinding {
  return { rule, path, message, level: "refuse" };
}

export function block(rule: string, path: string | null, message: string): PolicyFinding {
  return { rule, path, message, level: "block" };
}
