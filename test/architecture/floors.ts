/**
 * The floors inside `control-plane/src`, from the top down. A folder imports only from floors below its own;
 * its neighbours on the same floor are other houses. `roof` and `ground` are the files beside the folders.
 */
export const FLOORS: readonly (readonly string[])[] = [
  // Starts and stops; below it, what builds every client and maps each job to the use case that does it.
  ["roof"],
  ["wire"],
  // Doors: what people, programs and runners reach, the clock, and the critic that the server asks itself.
  ["api", "dashboard", "runner", "setup", "sign-in", "stripe", "sweep", "critic"],
  // Doors that other doors lean on: webhooks as they are kept, vendors as the gateway reaches them.
  ["intake", "models"],
  // How a table of routes becomes HTTP.
  ["http"],
  // What a person's wish makes of a task, and what GitHub's installations make of a tenant.
  ["intents", "installations"],
  // The use cases of a task, and of the servers that jobs run on.
  ["tasks", "fleet"],
  // What they lean on: texts of the thread, the code index, who is calling, what is sold.
  ["thread", "indexing", "identity", "billing"],
  // What a tenant's own systems are told.
  ["webhooks"],
  // Owed work by name, and keys at rest.
  ["jobs", "secrets"],
  // Owed work as rows.
  ["outbox"],
  ["ground"],
];

/** What lies beside the folders and may be used by all of them. */
const GROUND = ["deps", "env", "fleet-env", "every", "facts", "keyed-limit"];

/** The type of everything wired together: it names things of many floors, and any floor may name it. */
export const WIRED = "control-plane/src/deps.ts";

/** A folder with more sources is two folders. */
export const MOST_SOURCES = 15;

/** The folder of a file of this room, `roof` or `ground`. */
export function folderOf(path: string): string {
  const [first = "", ...rest] = path.replace(/^control-plane\/src\//, "").split("/");
  if (rest.length > 0) return first;
  return GROUND.includes(first.replace(/(\.test)?\.ts$/, "")) ? "ground" : "roof";
}
