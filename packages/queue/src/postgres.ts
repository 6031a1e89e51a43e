import { createPostgresBackend, type Job, Queue, Worker } from "bullmq";
import { type Engine, type Nudge, QUEUE_OPTIONS } from "./engine.ts";

const CONNECTIONS = 4;

/** BullMQ in the database we have anyway, in a schema of its own. Workers are woken by LISTEN/NOTIFY. */
export function createPostgresEngine(
  name: string,
  { connectionString, role }: { connectionString: string; role?: string | undefined },
): Engine {
  const connection = {
    connectionString,
    migrate: role === undefined,
    max: CONNECTIONS,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    // A nudge need not survive a crash, so it need not wait for the disk.
    options: `-c synchronous_commit=off${role === undefined ? "" : ` -c role=${role}`}`,
  };
  return {
    queue: new Queue(name, { ...QUEUE_OPTIONS, connection }, createPostgresBackend),
    required: true,
    startWorker: (handler, concurrency) =>
      new Worker(
        name,
        (job: Job<Nudge>) => handler(job.data.ids),
        { connection, concurrency },
        createPostgresBackend,
      ),
  };
}
