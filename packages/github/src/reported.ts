/**
 * Who says so. What a runner reports was read by a process beside a stranger's text; a person should lean on
 * GitHub's own checks, which that process cannot touch.
 */
export const REPORTED =
  "_Reported by the runner that made the change: the commands, their results and the sandbox below, and the critic's verdict. GitHub's own checks stand beside this pull request._";

/** The same of a change whose critic the server asked itself. */
export const REPORTED_BUT_CRITIC =
  "_Reported by the runner that made the change: the commands, their results and the sandbox below. The critic was asked by AI-CD's server, where the runner cannot reach. GitHub's own checks stand beside this pull request._";
