type Form = { [key: string]: string | Form };

/** `a[b][0][c]=x` as `{a: {b: [{c: "x"}]}}`; `a[]=x` appends. Names are the caller's, so nothing is inherited. */
export function parseForm(text: string): Record<string, unknown> {
  const root: Form = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const parts = [...name.matchAll(/[^[\]]+|\[\]/g)].map(([part]) => part);
    let at = root;
    for (const [index, part] of parts.entries()) {
      const key = part === "[]" ? String(Object.keys(at).length) : part;
      if (index === parts.length - 1) at[key] = value;
      else {
        const inner = at[key];
        const next: Form = typeof inner === "object" ? inner : Object.create(null);
        at[key] = next;
        at = next;
      }
    }
  }
  return listed(root) as Record<string, unknown>;
}

function listed(node: string | Form): unknown {
  if (typeof node === "string") return node;
  const keys = Object.keys(node);
  const values = Object.values(node).map(listed);
  if (keys.length > 0 && keys.every((key, index) => key === String(index))) return values;
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}
