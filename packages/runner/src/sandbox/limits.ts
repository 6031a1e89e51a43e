import { totalmem } from "node:os";

/** What a command with all it starts may use of the machine. Reached: it is ended, and the answer says so. */
export type SandboxLimits = {
  /** Resident memory of all its processes together. */
  memoryBytes: number;
  processes: number;
  /** CPU time of one process; an endless loop with a long time limit ends here. */
  cpuSeconds: number;
  fileBytes: number;
  /** What the file system may lose while one command runs. */
  diskBytes: number;
  /** Below this much free space nothing may be written any more. */
  diskFloorBytes: number;
};

const GIB = 1024 ** 3;
/** The rest is the runner's and the system's. */
const MEMORY_SHARE = 0.75;

export function defaultLimits(): SandboxLimits {
  // A container's own limit counts where there is one; 0 means there is none.
  const constrained = process.constrainedMemory();
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return {
    memoryBytes: Math.floor(memory * MEMORY_SHARE),
    processes: 1_000,
    cpuSeconds: 3_600,
    fileBytes: 2 * GIB,
    diskBytes: 20 * GIB,
    diskFloorBytes: GIB / 4,
  };
}

/**
 * The shell's own limits, in front of a command: no core dumps, bounded files and CPU time, and the first
 * place when the kernel needs memory back. Address space stays free: Node, Go and Java reserve far more of
 * it than they use. What a system does not know is left out.
 */
export function shellLimits({ fileBytes, cpuSeconds, processes }: SandboxLimits): string {
  return [
    "ulimit -c 0",
    // In blocks of 512 bytes, as POSIX has it.
    `ulimit -f ${Math.ceil(fileBytes / 512)} 2>/dev/null`,
    `ulimit -t ${cpuSeconds} 2>/dev/null`,
    // Counts all processes of the user, the runner's own included, hence the room; root is exempt from it.
    `ulimit -u ${processes * 4} 2>/dev/null`,
    "(echo 1000 > /proc/self/oom_score_adj) 2>/dev/null; echo 1000 2>/dev/null > /proc/$$/oom_score_adj",
    'exec "$@"',
  ].join("; ");
}
