/** Every duration and cap, with the consequence of changing it. Units are in the names. */
export const LIMITS = {
  /** A runner silent for longer is taken for lost and its attempt is retried elsewhere. */
  leaseMs: 60_000,
  /** Four beats fit in a lease, so three may be lost on the way. */
  heartbeatMs: 15_000,
  /** A dispatched runner that has not asked for its lease by then never will. */
  dispatchToLeaseMs: 10 * 60_000,
  /** GitHub is asked again what became of an overdue run; sooner would cost calls, later would let people wait. */
  askRunMs: 60_000,
  /** Lost attempts of one phase that are tried again before the task fails. */
  lostRetries: 2,
  /** Times the critic may send the coder back within one attempt. */
  reviewRounds: 3,
  /** Rounds in a row that mend red checks of a pull request before a person is told. */
  ciRounds: 2,
  /** Repositories that are new at once and get the pull request that sets them up; more of them get none by itself. */
  onboardedAtOnce: 10,
  /** Tasks that may start on one issue in an hour. */
  runsPerIssuePerHour: 3,
  /** Model answers in one phase; more means the agent is going round in circles. */
  stepsPerPhase: 80,
  /** Longest life of an attempt, whatever its runner says. */
  attemptMs: 60 * 60_000,
  /** Longest time one repository may keep the indexer of a worker from the others. */
  indexMs: 15 * 60_000,
  /** Words of a question to the code index; an issue of ordinary length fits. */
  searchCharacters: 20_000,
  /** A plan nobody answers is closed after this. */
  planExpiryMs: 14 * 24 * 60 * 60_000,
  /** Age of a state at which the sweep gives the task a stated end. */
  activeStateMs: 2 * 60 * 60_000,
  waitingStateMs: 30 * 24 * 60 * 60_000,
  /** GitHub refuses bodies over 65,536 characters; this leaves room for our footer. */
  commentCharacters: 60_000,
  /** Issue text beyond this is cut before anything parses it. */
  untrustedTextCharacters: 256 * 1024,
  /** Comments of the thread that travel to the runner. */
  snapshotComments: 100,
  changedFiles: 100,
  changeSetBytes: 4 * 1024 * 1024,
  binaryFileBytes: 1024 * 1024,
  /** Body of a ChangeSet upload: the files in base64 plus the proof. */
  uploadBytes: 20 * 1024 * 1024,
  apiBodyBytes: 1024 * 1024,
  /** What is read of a request before it is known from whom it is; more only with credentials. */
  strangerBodyBytes: 64 * 1024,
  /** Connections of one address at the same time; the process has 1,000. */
  socketsPerAddress: 200,
  webhookBodyBytes: 25 * 1024 * 1024,
  /** A model call carries the whole conversation. */
  modelBodyBytes: 10 * 1024 * 1024,
  /** A server says this often of each model call that it is at it. */
  callHeartbeatMs: 15_000,
  /** A call of which nothing was said for longer is booked as the most it can have cost; its count may still come. */
  abandonedCallMs: 60_000,
  runnerEventsPerPost: 200,
  /** Calls that may change files between two checkpoints; more repeats more work after a loss. */
  checkpointCalls: 3,
  /** Changed work is uploaded this often even when nothing else calls for it. */
  checkpointMs: 60_000,
  /** What a lost agent's successor is told besides the files; more would fill its context. */
  handoverCharacters: 8_000,
  /** A conversation kept between two phases; a longer one is condensed first. About 120,000 tokens. */
  transcriptCharacters: 400_000,
  /** Default hard stop of a task, in millionths of a dollar. */
  budgetMicroUsd: 10_000_000,
  /** A server that has taken no job so long after it was asked for is put aside; a boot takes under a minute. */
  fleetBootMs: 5 * 60_000,
  /** What is left of a paid hour when an idle server goes: less, and its deletion might come into the next hour. */
  fleetMarginMs: 4 * 60_000,
  /** One process has so long for one call of the cloud or of GitHub; then another may try. */
  fleetClaimMs: 2 * 60_000,
  /** A deletion is asked for again after this; one that failed at the cloud has been told by then. */
  fleetDeleteMs: 45_000,
  /** A job that no server could be had for is looked at again after this. */
  fleetRetryMs: 30_000,
  /** A kind of server that is sold out somewhere is not asked for there again before. */
  fleetScarceMs: 5 * 60_000,
  /** GitHub is asked about open jobs this often, for deliveries that got lost. */
  fleetLookMs: 2 * 60_000,
  /** Share of the budget at which the agent is told to wrap up. */
  wrapUpShare: 0.8,
} as const;
