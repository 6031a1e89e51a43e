/**
 * What must hold, requirement by requirement, and the tests that prove it: `file: its name in the source`. `partly`
 * and `open` say what is missing. `.github/SECURITY-REQUIREMENTS.md` is this table for readers.
 */
export type Requirement = {
  what: string;
  state: "done" | "partly" | "open";
  /** How it holds; for the other two, what is missing and why. */
  how: string;
  held: readonly string[];
};

const app = "app/src";
const plane = "control-plane/src";
const core = "packages/core/src";
const db = "packages/db/src";
const github = "packages/github/src";
const runner = "packages/runner/src";
const ops = "packages/ops/src";
const intake = `${plane}/intake/intake.service.test.ts`;
const isolation = `${db}/isolation.service.test.ts`;
const sandbox = `${runner}/sandbox/sandbox.service.test.ts`;
const lease = `${plane}/runner/lease.service.test.ts`;
const fence = `${plane}/runner/fence.service.test.ts`;
const gateway = `${plane}/models/gateway.service.test.ts`;

export const REQUIREMENTS: Record<string, Requirement> = {
  R1: {
    what: "Webhooks are signed with SHA-256 over the raw bytes; two secrets during a rotation",
    state: "done",
    how: "HMAC as the bytes come in, compared in constant time; SHA-1 alone is refused.",
    held: [
      `${intake}: a delivery signed with %s is refused and not stored`,
      `${intake}: during a rotation both secrets are accepted`,
      `${intake}: an empty secret, which would accept anybody, is refused at the start`,
    ],
  },
  R2: {
    what: "A delivery and what it owes are one transaction before the 202",
    state: "done",
    how: "Group commit; a GUID that comes again is no new work.",
    held: [
      `${intake}: an accepted delivery is stored byte for byte, with its owed job, when the answer comes`,
      `${intake}: a delivery that comes again is accepted without new work`,
    ],
  },
  R3: {
    what: "GitHub never gets a 429; without Postgres a 503",
    state: "done",
    how: "No network before the answer; large bodies wait in files.",
    held: [
      `${intake}: while Postgres refuses, the answer is 503 with a time to come back, and then it works again`,
      `${intake}: slow strangers with large bodies keep no signed one out`,
    ],
  },
  R4: {
    what: "Failed deliveries are asked for again for three days; Marketplace is polled",
    state: "partly",
    how: "Deliveries are; there is no Marketplace listing yet whose state could be polled.",
    held: [
      `${plane}/intake/redeliver.service.test.ts: asks for what failed within three days, however many pages back, and for nothing older`,
    ],
  },
  R5: {
    what: "Events are hints: unknown ones are let go, facts are asked for",
    state: "done",
    how: "Every event GitHub's schema knows has a row; installations are read, not believed.",
    held: [
      `${app}/life-cycle.test.ts: K2: the app hears nothing that has no row`,
      `${app}/app.test.ts: an installation is named by its id alone: what is true of it is asked when it is read`,
      `${intake}: events nobody has heard of are accepted`,
    ],
  },
  R6: {
    what: "HTTP has limits on time, size, headers and connections",
    state: "partly",
    how: "All but the depth of JSON, which is bounded by the size of a body and by schemas that do not recurse.",
    held: [
      `${intake}: 26 MB are refused when they are announced, before any of them is sent`,
      `${plane}/http/limits/large-bodies.test.ts: a route that would read a stranger's megabytes cannot be registered`,
      `${plane}/http/limits/socket-cap.service.test.ts: closes one address's connections beyond its share, and nobody else's`,
    ],
  },
  R7: {
    what: "No expression runs on untrusted text unless it is linear; large texts are cut first",
    state: "done",
    how: "Texts are cut at 256 KB (a body of GitHub's has 64) and the sanitiser is linear, some 30 ms for the worst 64 KB; others get their turn after each long text, which a thread of its own would not make shorter.",
    held: [
      `${github}/sanitize.test.ts: cuts what is beyond the limit and says so`,
      `${github}/cleaner.test.ts: gives way to what else waits after each long text`,
      `${github}/written/written.test.ts: takes time in proportion to the length`,
      `${core}/command.test.ts: K6: what no comment of GitHub's can hold is not looked through`,
    ],
  },
  R8: {
    what: "Permission is asked of GitHub at every trigger and before every write; no answer is a no",
    state: "done",
    how: "By login and compared by the account's id, since a login may go to somebody else.",
    held: [
      `${github}/permission.test.ts: of somebody GitHub says of: %s`,
      `${app}/gate.test.ts: an answer GitHub does not give is neither yes nor no`,
    ],
  },
  R9: {
    what: "A label counts by its sender",
    state: "done",
    how: "The sender passes the gate like a commenter. Comments on forks' pull requests that are not ours start nothing.",
    held: [
      `${app}/translators/issues.test.ts: the label $label on an issue that is $state starts $mode`,
      `${app}/app.test.ts: fails as a whole when the permission cannot be learned, so that the delivery is tried again`,
    ],
  },
  R10: {
    what: "Bots are refused, our own App first",
    state: "partly",
    how: "No sender that is no user is obeyed, so there is no loop; a list of allowed apps and a count per hour are missing.",
    held: [`${app}/translators/comment.test.ts: a sender of type %s is never obeyed`],
  },
  R11: {
    what: "An approval is bound to a hash of all that was shown",
    state: "done",
    how: "Plan, thread, settings, instructions, commit and budget; who asks cannot approve the pull request through us, since we approve none.",
    held: [
      `${plane}/tasks/frozen.service.test.ts: an edit of %s does not reach it, and is kept to be shown`,
      `${plane}/tasks/frozen.service.test.ts: an edit at the moment of the start is one side or the other: read, or shown`,
    ],
  },
  R12: {
    what: "Suspended, switched off, paused or over budget: no new work, running work ends within a minute",
    state: "done",
    how: "Looked at where work starts, at each model call and in each heartbeat's answer.",
    held: [
      `${plane}/tasks/tenant-limits.service.test.ts: that is paused says who can end that`,
      `${fence}: brings back the wish to stop`,
      `${lease}: while the App is suspended`,
    ],
  },
  R13: {
    what: "What a model reads is a snapshot; words of people who may not write are left out",
    state: "done",
    how: "Frozen with the attempt; authors are asked for by API.",
    held: [
      `${github}/thread.test.ts: only the words of people who may write are read; who that is GitHub is asked once each`,
      `${plane}/tasks/start-attempt.service.test.ts: keeps what an earlier try froze, whatever has been edited since`,
    ],
  },
  R14: {
    what: "Hidden text is removed or shown",
    state: "done",
    how: "One set of characters; what was removed is told to the model and to people.",
    held: [
      `${github}/sanitize.test.ts: turns %j into what a reader sees`,
      `${github}/sanitize.test.ts: leaves the honest text %j as it is`,
    ],
  },
  R15: {
    what: "Names, logs and tool results are untrusted like comments",
    state: "done",
    how: "They reach a model between marks of its conversation and people through the same escaping. An agent that obeys a thousand of them brings nothing about.",
    held: [
      `${plane}/wire/hostile-texts.service.test.ts: hostile texts bring nothing about, though the agent obeys each of them`,
      `action/src/printable.test.ts: makes %j harmless in the log`,
      `${runner}/checkout/confine.service.test.ts: refuses to read %j`,
    ],
  },
  R16: {
    what: "Nothing untrusted stands in a shell line, SQL, YAML or an option's place",
    state: "done",
    how: "Arguments and environment only; branch names by a pattern.",
    held: [
      `${core}/path.test.ts: makes a branch name that git takes, from any title`,
      `${runner}/checkout/workspace.service.test.ts: takes a pattern that looks like an option for a pattern`,
    ],
  },
  R17: {
    what: "What is posted mentions, closes and loads nothing",
    state: "done",
    how: "Escaped where it leaves, bounded at GitHub's limit.",
    held: [
      `${github}/written/written.test.ts: posts %j without its effect`,
      `${github}/written/written.test.ts: closes nothing by %j, in a comment, a message or a title`,
      `${plane}/thread/kinds.test.ts: shows a stranger's words as they are, and does nothing they say`,
    ],
  },
  R18: {
    what: "The job may read and prove who it is",
    state: "done",
    how: "The example workflows are tested as they are.",
    held: [
      `action/src/action.test.ts: comes with a workflow that can only read and prove who it is`,
      `action/src/action.test.ts: lets the job with the model write nothing, and the job that writes run nothing`,
    ],
  },
  R19: {
    what: "The agent's process starts without tokens, in namespaces of its own",
    state: "done",
    how: "A fresh image after the lease; bubblewrap or no run, found out by a command that tries.",
    held: [
      `${sandbox}: keeps commands from everything but the workspace`,
      `${sandbox}: is refused where a command gets past it, whatever it calls itself`,
      `action/src/run-action.service.test.ts: shows commands nothing of the runner's tokens`,
    ],
  },
  R20: {
    what: "Model calls go through a proxy that holds the key; a runner's command files are out of reach",
    state: "done",
    how: "The gateway, or a proxy on a socket; what passes is on a list.",
    held: [
      `${runner}/programs/programs.service.test.ts: never sees the vendor's key, ours, or the runner's environment`,
      `${core}/model-call/admit-call.test.ts: tools of the vendor's, everywhere alike`,
    ],
  },
  R21: {
    what: "No network but the proxy; no sandbox, no run",
    state: "partly",
    how: "An agent's commands have no network at all. Setup commands of the base commit have the host's until the fleet's egress proxy is there; denied tries are not listed in the pull request.",
    held: [
      `${sandbox}: keeps commands from everything but the workspace`,
      `${plane}/api/settings.service.test.ts: put an opt-out of the sandbox on the audit log, which only who may write them can take`,
    ],
  },
  R22: {
    what: "Instructions and settings come from the base commit",
    state: "partly",
    how: "They do; agent programs are started without servers and hooks of a repository. There is no list of allowed MCP servers, so none is started.",
    held: [
      `${runner}/run-attempt.service.test.ts: reads instructions from the base commit and never from the tree`,
    ],
  },
  R23: {
    what: "The job writes no cache; its artifacts are a stranger's",
    state: "done",
    how: "The publishing job judges them again and follows no link.",
    held: [
      `action/src/standalone.service.test.ts: publishes no artifact %s`,
      `action/src/standalone.service.test.ts: follows no link in an artifact`,
    ],
  },
  R24: {
    what: "No git of ours obeys what an agent left in the checkout",
    state: "done",
    how: "A git directory of our own; commands find a throw-away copy of the checkout's.",
    held: [
      `${runner}/checkout/tree.service.test.ts: does not run or obey anything the agent put into the workspace's git`,
      `${runner}/sandbox/inner-git.service.test.ts: takes commits, branches, hooks and settings, of which the checkout keeps nothing`,
    ],
  },
  R25: {
    what: "OIDC tokens: RS256, a fixed key address, exact issuer and audience, used once",
    state: "done",
    how: "jose, with 60 s of leeway; ids of used tokens are kept for a day.",
    held: [
      `${github}/oidc.test.ts: a token that %s is refused`,
      `${lease}: with a token that opened one before`,
    ],
  },
  R26: {
    what: "A run proves that it is the one we started",
    state: "done",
    how: "Ids, event, branch, whole workflow reference, run and attempt; the workflow's commit is in the default branch's history, by GitHub's word.",
    held: [
      `${lease}: of a workflow that is on another branch only, though it says it is of the default one`,
      `${lease}: is the one whose id GitHub names, where GitHub named one`,
      `${lease}: with the run key of another attempt`,
    ],
  },
  R27: {
    what: "The lease token is random, stored hashed, short and good for its lease only",
    state: "done",
    how: "256 bits; a second lease makes the first token worthless.",
    held: [
      `${lease}: may ask again when our answer was lost: the first token is worth nothing then`,
      `${fence}: with a token nobody gave out is refused`,
    ],
  },
  R28: {
    what: "Leases are fenced by epochs on the database's clock",
    state: "done",
    how: "Every write names its epoch; 409 to a zombie.",
    held: [
      `${fence}: of an older epoch is told to stop, and nothing is written`,
      `${fence}: two runners of one attempt: the one with the newer epoch goes on alone`,
    ],
  },
  R29: {
    what: "Uploads are numbered, hashed and said twice without harm",
    state: "partly",
    how: "Events by number, changes by digest. A change is one upload of at most 20 MB, not resumable pieces.",
    held: [
      `${plane}/runner/work.service.test.ts: with a gap are refused whole, and it is said where to go on`,
      `${plane}/runner/work.service.test.ts: uploaded again because our answer was lost is the same one`,
    ],
  },
  R30: {
    what: "A second runner of one dispatch leaves; a lost run's fate is asked",
    state: "done",
    how: "Run keys; GitHub is asked before anything is started again.",
    held: [
      `action/src/run-action.service.test.ts: ends green and quiet as the second runner of an attempt`,
      `${plane}/tasks/start-attempt.service.test.ts: whose start got through although its answer was lost is not started twice`,
    ],
  },
  R31: {
    what: "Fleet machines serve one job",
    state: "open",
    how: "There is no fleet yet; jobs run on GitHub's machines or on a customer's own.",
    held: [],
  },
  R32: {
    what: "Paths, modes and sizes nobody may publish",
    state: "done",
    how: "Symlinks, submodules, names that steer git, control characters, too many or too large files.",
    held: [`${core}/policy/judge.test.ts: refuses the path %j`, `${core}/policy/judge.test.ts: refuses %s`],
  },
  R33: {
    what: "What executes elsewhere needs a person",
    state: "done",
    how: "Eleven classes of paths, held to a corpus of six hundred; new hosts are listed; weakened tests are findings the round must answer.",
    held: [
      `${core}/policy/executes.test.ts: has a corpus that is worth its name`,
      `${core}/policy/judge.test.ts: blocks the protected path %s until an owner overrides`,
      `${core}/policy/hosts.test.ts: are listed: %s`,
    ],
  },
  R34: {
    what: "Added lines are looked through",
    state: "partly",
    how: "Secrets by gitleaks' rules and invisible characters block, against the base as GitHub has it. Advisories for new dependencies are missing.",
    held: [
      `${core}/policy/judge.test.ts: blocks text that shows otherwise than it reads`,
      `${plane}/runner/work.service.test.ts: whose runner lies that %s is refused, and the work goes on`,
      `${plane}/runner/work.service.test.ts: whose runner lies that hidden characters were there before is blocked`,
    ],
  },
  R35: {
    what: "The policy is pure, deterministic and monotone",
    state: "done",
    how: "A function in core, run by the runner and again by the server, whose word counts.",
    held: [
      `${core}/policy/judge.test.ts: is monotone: one more protected path never allows more`,
      `${core}/policy/judge.test.ts: gives the same verdict for the same input`,
    ],
  },
  R36: {
    what: "One branch, one draft, no force",
    state: "done",
    how: "Looked for before it is made; the head is expected to be what it was.",
    held: [
      `${github}/commit.test.ts: a head that moved after it was read: %s`,
      `${github}/pulls.test.ts: takes the one that an earlier try has opened meanwhile`,
    ],
  },
  R37: {
    what: "The App never approves, merges, marks ready or changes protections",
    state: "done",
    how: "No code does; the App asks for no administration permission.",
    held: [`test/architecture/never.test.ts: nothing of ours can %s`],
  },
  R38: {
    what: "The App's private key is in a signer's process",
    state: "open",
    how: "It is in the server's process, in memory and in one file of mode 600. A signer apart needs a second process in every deployment; it belongs to the images.",
    held: [],
  },
  R39: {
    what: "Installation tokens are small, short and never a runner's",
    state: "done",
    how: "One for each purpose, for one repository, with what the purpose needs; taken back a minute after the last call. Only listing repositories and asking who is a member are the installation's.",
    held: [
      `${github}/clients.test.ts: a client to $power can do that and nothing else`,
      `${github}/clients.test.ts: a purpose's clients share a token, and two purposes that ask at once have one each`,
      `${github}/clients.test.ts: a token is taken back when nobody has used it for a while, and what is held when the server stops`,
      `${github}/clients.test.ts: a token for reading is for one repository and its files, and is new each time`,
    ],
  },
  R40: {
    what: "Customers' secrets are sealed for their tenant and name",
    state: "done",
    how: "Envelopes of AES-256-GCM; master keys change while the server runs.",
    held: [
      `${plane}/secrets/vault.test.ts: does not open for %s`,
      `${plane}/secrets/vault.test.ts: leaves what was sealed readable, and moves it without unsealing the value`,
    ],
  },
  R41: {
    what: "One writer to the log, which knows the secrets",
    state: "done",
    how: "Probot's and the libraries' words go through it; payloads and values of statements never do.",
    held: [
      `${plane}/wire/app.test.ts: nothing of a delivery is in the log at trace level, whether it is handled or fails`,
      `${ops}/redactor.test.ts: hides a value inside the base64 of any text around it`,
      `${ops}/one-writer.test.ts: tells a failed statement without its values`,
    ],
  },
  R42: {
    what: "Row-level security, forced, under a role that owns nothing",
    state: "done",
    how: "A test reads the catalogue; the acting roles cannot leave themselves.",
    held: [
      `${isolation}: has row-level security, forced, with a policy, on every table but the migrations' own`,
      `${isolation}: gives the acting roles no way around`,
    ],
  },
  R43: {
    what: "The tenant is set in a transaction, by one helper",
    state: "done",
    how: "A query without a tenant cannot be written.",
    held: [
      `${isolation}: leaks nothing between 50 tenants over 4 connections in 10,000 interleaved requests`,
      `${isolation}: without a tenant there is nothing, and no transaction either`,
    ],
  },
  R44: {
    what: "Keys include the tenant; work across tenants is another, audited role",
    state: "done",
    how: "They do and it is. Each pool logs in as somebody who is member of its roles and nothing else; where a login of the operator's cannot make such, each start says so.",
    held: [
      `${db}/logins.service.test.ts: gains nothing by %s`,
      `${db}/logins.service.test.ts: is refused %s, as its role and as its login`,
      `${isolation}: has the tenant in every unique key and foreign key that a tenant's writes can meet`,
      `${db}/system-audit.service.test.ts: holds every statement of the system's role, however it was sent, with what it touched`,
    ],
  },
  R45: {
    what: "Foreign ids are missing ones",
    state: "done",
    how: "Each route × each kind of id × each stranger, from the table of routes.",
    held: [
      `${plane}/api/leaks.service.test.ts: tells no organisation, in no answer and no line of the log, what is another's or secret`,
    ],
  },
  R46: {
    what: "The index is the tenant's; erasure is proven",
    state: "done",
    how: "A wrapper adds the tenant to every call; erasing is a test.",
    held: [
      `${plane}/indexing/mirrors.service.test.ts: is gone after its repository, or its tenant, is dropped`,
      `${plane}/installations/erase.service.test.ts: leaves no row of a write that was in flight while its organisation was erased`,
    ],
  },
  R47: {
    what: "API keys are random, checked, shown once, scoped and end",
    state: "done",
    how: "HMAC with a pepper; a typo is told without the database.",
    held: [
      `${plane}/identity/tokens.test.ts: tells a typo from a key without asking anybody`,
      `${plane}/api/keys.service.test.ts: stop working when they are revoked, and after the overlap of a rotation`,
    ],
  },
  R48: {
    what: "Signing in: state, PKCE, exact addresses, rotating tokens, CSRF",
    state: "done",
    how: "A cookie no script reads; access is asked of GitHub again every ten minutes.",
    held: [
      `${plane}/sign-in/routes.service.test.ts: in another browser than it began in is refused`,
      `${plane}/sign-in/routes.service.test.ts: shown again later ends the session of whoever has it`,
    ],
  },
  R49: {
    what: "Limits per caller, organisation and address; money before each model call",
    state: "done",
    how: "Fair queues; the worst cost of a call is held before it is made.",
    held: [
      `${gateway}: 1,000 of 20 attempts pass neither a task's budget nor the month's by more than one call's bounds`,
      `test/e2e/refusals.test.ts: who keep showing wrong tokens are told to come back later, at every door, and a right one is not`,
    ],
  },
  R50: {
    what: "Addresses of tenants are no way into our network",
    state: "open",
    how: "No tenant sets an address yet: vendors are the operator's, webhooks to customers do not exist.",
    held: [],
  },
  R51: {
    what: "One budget of calls for an installation",
    state: "done",
    how: "A lane in Postgres for all processes; a pause GitHub asks for holds everybody.",
    held: [
      `${plane}/outbox/write-lane.service.test.ts: gives each its own turn, whatever process asks, and those far off come back at theirs`,
      `${plane}/outbox/write-lane.service.test.ts: holds everybody off while GitHub has asked for a pause, and nobody else's installation`,
    ],
  },
  R52: {
    what: "One ledger row for each call, with the fact it bills",
    state: "partly",
    how: "Held, settled and unique for ever; nothing is sold yet, so there is no sender.",
    held: [
      `${gateway}: is held while it is under way, and what it came to is booked`,
      `${gateway}: usage that cannot be written is kept on disk and written later, once`,
    ],
  },
  R53: {
    what: "Unknown outcomes at Stripe are reconciled",
    state: "open",
    how: "Nothing is sold yet.",
    held: [],
  },
  R54: {
    what: "Stripe's webhooks are verified and fetched",
    state: "open",
    how: "Nothing is sold yet.",
    held: [],
  },
  R55: {
    what: "The audit log is appended to and chained",
    state: "done",
    how: "No grant to change it; exportable.",
    held: [
      `${isolation}: lets nobody change or delete the audit log but the eraser`,
      `${db}/stores/audit.service.test.ts: takes every entry once, however many write and chain at once`,
    ],
  },
  R56: {
    what: "Each run has a timeline",
    state: "partly",
    how: "Trigger, tools, verdicts and money, on the thread and the task's page; refused egress is not in it.",
    held: [`${plane}/intents/answer.service.test.ts: an explanation has the money of each step`],
  },
  R57: {
    what: "Pools survive, signals drain, migrations wait for nobody",
    state: "done",
    how: "A cut connection is replaced; a busy table delays a migration.",
    held: [
      `${db}/pool.service.test.ts: a connection cut by the server is reported and replaced`,
      `${db}/migrate.service.test.ts: a busy table delays a migration without failing it`,
      `${ops}/shutdown.test.ts: closes in reverse order, waiting for each, and ends well`,
    ],
  },
  R58: {
    what: "Backups and a drill",
    state: "open",
    how: "The operator's database has to do it until then.",
    held: [],
  },
  R59: {
    what: "The Action is built from the lock file and compared",
    state: "partly",
    how: "CI builds it and compares; others' actions are named by commit. There is no release yet.",
    held: [
      `test/architecture/pinned-actions.test.ts: runs other people's actions by their commit, with the release it is in words`,
    ],
  },
  R60: {
    what: "Switches that stop, and somebody to tell",
    state: "partly",
    how: "An organisation can be paused; `security.txt` and SECURITY.md name the way. A switch for everybody is missing.",
    held: [
      `${plane}/http/document/security-text.test.ts: says whom to tell of a hole, and until when that holds`,
      `${plane}/tasks/tenant-limits.service.test.ts: that is paused says who can end that`,
    ],
  },
};

const STATES = { done: "✅", partly: "◐ partly", open: "○ open" } as const;

/** The table as readers see it. */
export function requirementsPage(): string {
  const rows = Object.entries(REQUIREMENTS).map(([id, { what, state, how, held }]) => {
    const tests = held.map((one) => `\`${one.slice(0, one.indexOf(": "))}\``);
    return `| ${id} | ${what} | ${STATES[state]} | ${how} | ${[...new Set(tests)].join(" ") || "–"} |`;
  });
  return `# What must hold, and what proves it

Written by \`npm run security:page\` from \`test/security/requirements.ts\`, where each row names its tests; a row whose
test is gone fails \`npm run check\`.

| | requirement | state | how it holds, or what is missing | tests |
|---|---|---|---|---|
${rows.join("\n")}
`;
}
