/** One thing people really did to systems like ours, and the tests that hold our answer: `file: its name in the source`. */
type Row = { what: string; held: readonly string[] };

const core = "packages/core/src";
const github = "packages/github/src";
const local = "packages/local-github/src";
const checkout = "packages/runner/src/checkout/field.service.test.ts";
const run = "packages/cli/src/run";
const tasks = "control-plane/src/tasks";
const matrix = "control-plane/src/intents/matrix.service.test.ts";

/** Every row has a test, by the kind of trouble it is of. */
export const FIELD = {
  "GitHub's permanent no": [
    {
      what: "a branch called as our folder of branches is: another prefix, and it is said before anything is spent",
      held: [
        `${github}/branch.test.ts: K1: a branch called as our folder makes the name one without a folder`,
        `${run}/github.service.test.ts: K1: says before it spends how the branch will be called where our folder's name is taken, and opens the draft`,
        `${run}/run.service.test.ts: makes the branch beside one that is called as our folder`,
      ],
    },
    {
      what: "no drafts in this repository: a normal pull request that says so",
      held: [
        `${github}/pulls.test.ts: K1: opens a normal one where the repository has no drafts, and says so`,
      ],
    },
    {
      what: "a rule forbids the branch: it ends at once, in GitHub's words",
      held: [
        `${github}/commit.test.ts: a branch that GitHub will never make ends it, with GitHub's words: %s`,
      ],
    },
    {
      what: "the base is gone before the commit: it is named",
      held: [`${tasks}/publish-changes.service.test.ts: when the branch it is for is gone`],
    },
    {
      what: "a locked conversation: asked before a plan is made",
      held: [`${tasks}/start-attempt.service.test.ts: when the conversation is locked`],
    },
    {
      what: "a vendor's 404 or 401: one attempt, with the model and whose key it is",
      held: [
        "control-plane/src/runner/work.service.test.ts: K1: that a vendor refused names the models and whose keys they are asked with, and tries no second time",
      ],
    },
  ],
  "Threads have more edges": [
    {
      what: "an issue that is transferred or deleted ends its task",
      held: [
        "app/src/translators/issues.test.ts: K2: an issue that is %s ends its task, whoever or whatever did it",
      ],
    },
    {
      what: "our branch is deleted by a person: a stated end",
      held: [
        `${matrix}: $state × $said: $expected`,
        `${tasks}/start-attempt.service.test.ts: whose branch is gone fails`,
      ],
    },
    {
      what: "the base of the pull request is changed: followed",
      held: [
        `${matrix}: $state of a pull request × $said: $expected`,
        "app/src/life-cycle.test.ts: K2: %s: %j",
      ],
    },
    {
      what: "reviews that come while a retry runs: each is worked on, every thread has its receipt",
      held: [
        `${github}/thread.test.ts: K2: the reviews of a round are one, in which each keeps its words and all its comments are`,
        `${tasks}/publish-changes.service.test.ts: goes on with the reviews that came meanwhile`,
      ],
    },
    { what: "a review of a task that has ended: words", held: [`${matrix}: $state × $said: $expected`] },
    {
      what: "merged while the task says otherwise: merged wins",
      held: [`${matrix}: $state of a pull request × $said: $expected`],
    },
  ],
  "The fate of a run is asked": [
    {
      what: "no runner for eleven minutes: waited for, and said",
      held: [
        `${tasks}/fate/ask-run.service.test.ts: K3: a run that waits eleven minutes for a machine is waited for, and the thread says so`,
      ],
    },
    {
      what: "a run that a person cancels cancels the task",
      held: [
        `${tasks}/fate/ask-run.service.test.ts: K3: a run that a person cancelled cancels the task, and nothing is dispatched again`,
      ],
    },
    {
      what: "what we cancel or replace is cancelled at GitHub",
      held: [
        `${tasks}/fate/ask-run.service.test.ts: K3: what we cancel is cancelled at GitHub too, also when it has ended there`,
      ],
    },
    {
      what: "an old run that is run again: fenced",
      held: [
        "control-plane/src/runner/lease.service.test.ts: may not ask again once it has said something",
        "action/src/run-action.service.test.ts: ends green and quiet as the second runner of an attempt",
      ],
    },
    {
      what: "Actions or the workflow switched off, minutes used up: the reason GitHub gives",
      held: [
        `${tasks}/start-attempt.service.test.ts: when the workflow is switched off`,
        `${tasks}/fate/run-fate.test.ts: K3: a %s attempt whose run is %j: %j`,
      ],
    },
  ],
  "One odd thing in a working tree": [
    {
      what: "an empty nested repository: left out and named",
      held: [`${checkout}: K4: %s is left out and named`],
    },
    {
      what: "unreadable files, sockets, pipes, dangling links: left out and named; links that were there stay",
      held: [
        `${checkout}: K4: a file nobody may read is left out and named, a tracked one as well`,
        `${checkout}: K4: a link that was there before stays, wherever it leads`,
      ],
    },
    { what: "a shallow clone works", held: [`${checkout}: K4: a shallow clone is worked in like any other`] },
    {
      what: "a new file in an ignored folder with tracked ones is in the change, or told",
      held: [
        `${checkout}: K4: a new file in an ignored folder with tracked files is in the change`,
        `${checkout}: K4: a file the agent wrote where nothing is tracked is told to it`,
      ],
    },
    {
      what: "an edit inside a submodule is said",
      held: [`${checkout}: K4: an edit inside a submodule is said, whoever made it`],
    },
    {
      what: "git knows nobody: a name of our own, nothing lost",
      held: [
        `${run}/run.service.test.ts: K4: commits in a name of its own where git knows nobody, and says so`,
      ],
    },
  ],
  "Paths are bytes, policy judges changes": [
    {
      what: "an edit beside a byte order mark, joiners or an escape: nothing is found",
      held: [`${core}/policy/field.test.ts: K5: finds nothing in an edit beside %s`],
    },
    {
      what: "a hidden character that is added: found",
      held: [
        `${core}/policy/field.test.ts: K5: finds %s that a change adds`,
        `${checkout}: K5: a zero-width space that an edit adds is found`,
      ],
    },
    {
      what: "a badly named path may be renamed or deleted, but for what leads into git's own folder",
      held: [`${core}/policy/field.test.ts: K5: %s`, `${core}/policy/field.test.ts: K5: does not delete %j`],
    },
    {
      what: "a rename by case alone is one",
      held: [
        `${checkout}: K5: a new file beside its twin in the base is refused, and a rename by case is not`,
      ],
    },
    {
      what: "invisible characters, short names and twins in new paths: refused",
      held: [
        `${core}/policy/field.test.ts: K5: refuses the new path %j`,
        `${core}/policy/field.test.ts: K5: refuses twins: %s`,
      ],
    },
    {
      what: "an executable file stays so, or the pull request says that it cannot",
      held: [
        `${tasks}/publish-changes.service.test.ts: K5: a file that was executable is so after our commit, and then nothing is said of it`,
        `${github}/compare.test.ts: K5: of files that should be executable, those that the commit has as plain ones are named`,
        `${github}/pull-request-body.test.ts: a file that the API could not keep executable is named with the way to mend it`,
      ],
    },
  ],
  "What a person wrote is what is read": [
    {
      what: "a command in a comment, fold, quote or fence is none",
      held: [`${core}/command.test.ts: K6: %j holds no command for its reader`],
    },
    {
      what: "a phone's dash is two, and an approval alone in backticks is one",
      held: [`${core}/command.test.ts: K6: %j is a command for its reader`],
    },
    {
      what: "a flag the verb does not take, or a word nobody knows: one line",
      held: [`${core}/command.test.ts: K6: %j is answered in one line`],
    },
    {
      what: "any command where it cannot be done, or where there is no task: one line with what can be done",
      held: [`${matrix}: $state × $said: $expected`],
    },
    {
      what: "the first edit that adds a command gets one line",
      held: [
        "app/src/translators/comment.test.ts: K6: an edit from %j to %j is told that commands count when posted: %s",
        "app/src/app.test.ts: K6: all edits of a comment have one key, so that they are answered once",
      ],
    },
    {
      what: "a command in a comment on the diff is as on the thread",
      held: [
        "app/src/translators/comment.test.ts: K6: %j in a comment on the diff is as good as on the thread",
        `${github}/thread.test.ts: K6: a command in a comment on the diff is no wish of the review it comes with`,
      ],
    },
    {
      what: "settings in the other spelling are read, and two files are said",
      held: [
        `${github}/thread.test.ts: K6: settings in aicd.yml (%j) and in aicd.yaml (%j)`,
        `${run}/run.service.test.ts: K6: reads the settings in either spelling of their name, and names the file that is wrong`,
        `${tasks}/start-attempt.service.test.ts: K6: settings that cannot be read are named by the file that is there`,
      ],
    },
    {
      what: "a title or body of 30 MB is bounded",
      held: [
        `${github}/thread.test.ts: K6: a title and a body of 30 MB are cut before anything prints them`,
        `${run}/run.service.test.ts: bounds a title and a body of any size`,
      ],
    },
  ],
  "Pages end, fields are optional": [
    {
      what: "a review of 130 comments is read to its end",
      held: [`${github}/thread.test.ts: K7: a review of 130 comments is read to its end`],
    },
    {
      what: "a comment whose line is gone, an author who is gone",
      held: [
        `${github}/thread.test.ts: a review comes with its comments, wherever GitHub still knows a line of them`,
        `${github}/thread.test.ts: an issue of a deleted account is nobody's`,
      ],
    },
    {
      what: "a delivery through no installation becomes nothing, and is not tried for ever",
      held: [
        "app/src/app.test.ts: does nothing for a repository whose deliveries come through no installation",
        "control-plane/src/outbox/outbox.service.test.ts: a stored payload that no longer fits is buried, not run",
      ],
    },
  ],
  "The local GitHub refuses what GitHub refuses": [
    {
      what: "empty and too long texts, bad labels and colours, a hundred labels",
      held: [
        `${local}/rules/text.service.test.ts: %s is refused in its words`,
        `${local}/rules/text.service.test.ts: carries 100 labels and no more, whatever their case`,
      ],
    },
    {
      what: "refs that clash, hide or are GitHub's own",
      held: [`${local}/rules/ref.service.test.ts: %s is refused`],
    },
    {
      what: "commits by the API that change nothing, are not base64, delete folders or reach into git's own",
      held: [
        `${local}/rules/file-change.service.test.ts: refuses %s`,
        `${local}/rules/file-change.test.ts: %j is safe: %s`,
      ],
    },
    {
      what: "inputs of a dispatch that are too many or too large",
      held: [`${local}/actions/switches.service.test.ts: with %s is refused`],
    },
    {
      what: "80 writes of content a minute, 500 an hour, and the hour's requests",
      held: [
        `${local}/http/meter.service.test.ts: are 80 a minute, then 403 with retry-after for a minute`,
        `${local}/http/meter.service.test.ts: are 500 an hour`,
        `${local}/http/meter.service.test.ts: are counted in the headers and run out into 403`,
      ],
    },
    {
      what: "locked conversations, plans without drafts",
      held: [
        `${local}/issues/depart.service.test.ts: takes no comment and no reaction of an App, in GitHub's words`,
        `${local}/issues/depart.service.test.ts: is no draft where the plan has none`,
      ],
    },
    {
      what: "archived, renamed, transferred and deleted repositories and issues",
      held: [
        `${local}/repositories/depart.service.test.ts: is read, and refuses every write until it is none any more`,
        `${local}/issues/depart.service.test.ts: was transferred: 301 to where it went, with its comments`,
      ],
    },
    {
      what: "protection, rulesets and required checks",
      held: [`${local}/rules/ref.service.test.ts: refuses %s, by REST, GraphQL and push`],
    },
    {
      what: "Actions and workflows switched off, runs that are run again",
      held: [
        `${local}/actions/switches.service.test.ts: %s is refused with the reason`,
        `${local}/actions/switches.service.test.ts: that is run again keeps its id, counts the attempt and is not requested twice`,
      ],
    },
    {
      what: "forks, bases that are deleted, pull requests that cannot be opened again",
      held: [
        `${local}/pulls/lifecycle.service.test.ts: is where a pull request may come from, which follows its pushes`,
        `${local}/pulls/lifecycle.service.test.ts: %s is not opened again, by either endpoint`,
      ],
    },
    {
      what: "webhooks that are late, doubled, out of order or too large",
      held: [
        `${local}/webhooks/mail.service.test.ts: are late`,
        `${local}/webhooks/mail.service.test.ts: arrive twice under one id`,
        `${local}/webhooks/mail.service.test.ts: arrive in another order, the same for the same seed`,
        `${local}/webhooks/mail.service.test.ts: over 25 MB are never sent, and no delivery tells of them`,
      ],
    },
    {
      what: "the events of the manifest, no more and no fewer",
      held: ["app/src/life-cycle.test.ts: K2: the app hears nothing that has no row"],
    },
  ],
} as const satisfies Record<string, readonly Row[]>;

/** All rows, of every kind. */
export function fieldRows(): Row[] {
  return Object.values(FIELD).flat();
}
