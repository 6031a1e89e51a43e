import { totalmem } from "node:os";

const MEGABYTE = 1024 * 1024;

/** A tenth of the memory, within 32-256 MB: the rest belongs to whoever else lives on the machine. */
const sharedBuffersMb = Math.round(Math.min(256, Math.max(32, totalmem() / MEGABYTE / 10)));

/** Every commit survives a crash; the rest is made for short transactions on a machine shared with others. */
export const TUNING = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  shared_buffers: `${sharedBuffersMb}MB`,
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_compression: "on",
  // Fewer checkpoints mean fewer whole pages in the log; recovery stays within seconds.
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  // Short statements only: compiling them costs more than it gives.
  jit: "off",
  random_page_cost: "1.1",
  log_min_messages: "warning",
  log_line_prefix: "%m [%p] ",
  // A statement may carry a secret; the log keeps the error and never the parameters.
  log_min_error_statement: "panic",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  timezone: "UTC",
} satisfies Record<string, string>;

/** On top, for servers whose data nobody will miss. */
export const DISPOSABLE = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
} satisfies Record<string, string>;
