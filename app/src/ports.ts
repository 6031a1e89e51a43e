import type { Author, InstallationIntent, InstalledRepository, ThreadIntent } from "@aicd/core";

/** What the app needs of the system it is mounted in. */
export interface Inbox {
  /** Asked of GitHub now; throws when GitHub cannot say, so that the delivery is tried again. */
  permission(
    repository: InstalledRepository,
    person: { login: string; id: number },
  ): Promise<Author["permission"]>;
  /** Writes the intent down once per key. `permission` is what its actor was found to have just now. */
  accept(
    key: string,
    repository: InstalledRepository,
    intent: ThreadIntent,
    permission: Author["permission"],
  ): Promise<void>;
  /** Somebody without write access asked: a reaction, no comment, no work. */
  refuse(key: string, repository: InstalledRepository, intent: ThreadIntent): Promise<void>;
  /** Facts about installations and runners that ask no permission. */
  installationChanged(intent: InstallationIntent): Promise<void>;
  /** The default branch of a repository moved. A hint, as the others: what counts is asked when it is read. */
  pushed(repository: InstalledRepository): Promise<void>;
  /** A pull request, of ours or not, has another commit at its head, whoever pushed it. */
  headMoved(input: { repository: InstalledRepository; pullRequestNumber: number }): Promise<void>;
  /** All checks of one App on a branch's head have ended, whatever they found. */
  checksEnded(input: { repository: InstalledRepository; branch: string; app: string }): Promise<void>;
  /** A person took back what they allowed the App: their sessions end. */
  authorizationRevoked(person: { githubId: number }): Promise<void>;
  /** An account bought, changed or cancelled something on Marketplace: a hint, what it has is asked of the listing. */
  purchaseChanged(account: { githubId: number }): Promise<void>;
  /** A job of a workflow waits for a runner, has one, or is over; of any workflow, whatever its labels. */
  jobChanged(input: {
    repository: InstalledRepository;
    jobId: number;
    runId: number;
    labels: readonly string[];
    status: "queued" | "in_progress" | "completed";
    runnerName: string | undefined;
  }): Promise<void>;
  /** `by`: the person whose doing the end was, where GitHub names one. */
  runEnded(input: {
    repository: InstalledRepository;
    runId: number;
    conclusion: string;
    by: string | undefined;
  }): Promise<void>;
}
