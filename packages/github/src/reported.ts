/**
 * Who says so. What a runner reports was read by a process beside a stranger's text; a person should lean on
 * GitHub's own checks, which that process cannot touch.
 */
export const REPORTED =
  "_Reported by the runner that made the change: the commands, their results and the sandbox below, and the critic's verdict. GitHub's own checks stand beside this pull request._";
