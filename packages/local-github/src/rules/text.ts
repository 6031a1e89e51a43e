import { type FieldProblem, GitHubError, validationFailed } from "../http/errors.ts";

/** One thing a person or an App writes, and what GitHub says when it is not fit to be kept. */
interface TextRule {
  /** In characters, as people count them, not in bytes. */
  most: number;
  blank: FieldProblem | undefined;
  long: FieldProblem;
}

const comment = (message: string): FieldProblem => ({
  resource: "IssueComment",
  code: "unprocessable",
  field: "data",
  message,
});
const field = (resource: string, name: string, most: number): FieldProblem => ({
  resource,
  code: "custom",
  field: name,
  message: `${name} is too long (maximum is ${most} characters)`,
});
const missing = (resource: string, name: string): FieldProblem => ({
  resource,
  code: "missing_field",
  field: name,
});

const LONGEST_BODY = 65_536;
const LONGEST_TITLE = 256;
const LONGEST_LABEL = 50;
const LONGEST_LABEL_DESCRIPTION = 100;

/**
 * Longest and shortest of every text. The lengths are not in the OpenAPI document but for a label's
 * description; where GitHub says them is its 422, whose shape is the schema `validation-error`.
 */
const TEXT_RULES = {
  // docs.github.com "REST API endpoints for issue comments", create and update: 422 `validation_failed`.
  issueComment: {
    most: LONGEST_BODY,
    blank: comment("Body cannot be blank"),
    long: comment(`Body is too long (maximum is ${LONGEST_BODY} characters)`),
  },
  // docs.github.com "REST API endpoints for pull request review comments", create, reply and update.
  reviewComment: {
    most: LONGEST_BODY,
    blank: missing("PullRequestReviewComment", "body"),
    long: field("PullRequestReviewComment", "body", LONGEST_BODY),
  },
  // docs.github.com "REST API endpoints for pull request reviews": an approval may say nothing.
  review: {
    most: LONGEST_BODY,
    blank: undefined,
    long: field("PullRequestReview", "body", LONGEST_BODY),
  },
  // docs.github.com "REST API endpoints for issues", create and update.
  issueTitle: {
    most: LONGEST_TITLE,
    blank: missing("Issue", "title"),
    long: field("Issue", "title", LONGEST_TITLE),
  },
  issueBody: { most: LONGEST_BODY, blank: undefined, long: field("Issue", "body", LONGEST_BODY) },
  // docs.github.com "REST API endpoints for pull requests", create: a pull request's text is kept by its issue.
  pullTitle: {
    most: LONGEST_TITLE,
    blank: missing("PullRequest", "title"),
    long: field("Issue", "title", LONGEST_TITLE),
  },
  pullBody: { most: LONGEST_BODY, blank: undefined, long: field("Issue", "body", LONGEST_BODY) },
  // docs.github.com "REST API endpoints for labels", create and update.
  labelName: {
    most: LONGEST_LABEL,
    blank: missing("Label", "name"),
    long: field("Label", "name", LONGEST_LABEL),
  },
  labelDescription: {
    most: LONGEST_LABEL_DESCRIPTION,
    blank: undefined,
    long: field("Label", "description", LONGEST_LABEL_DESCRIPTION),
  },
} satisfies Record<string, TextRule>;

export type TextKind = keyof typeof TEXT_RULES;

/** Throws GitHub's 422 for a text that is blank where it may not be, or too long. Absent texts are not judged. */
export function checkText(kind: TextKind, text: string | null | undefined): void {
  if (text === null || text === undefined) return;
  const rule: TextRule = TEXT_RULES[kind];
  if (rule.blank && text.trim() === "") throw validationFailed(rule.blank);
  if (text.length > rule.most && [...text].length > rule.most) throw validationFailed(rule.long);
}

/** docs.github.com "REST API endpoints for labels": the colour is a hexadecimal code without the leading `#`. */
export function checkColor(color: string | undefined): void {
  if (color === undefined || /^(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(color)) return;
  throw validationFailed({ resource: "Label", code: "invalid", field: "color" });
}

const MOST_LABELS = 100;

/**
 * Labels put on an issue are made when nobody made them before, so each name must be fit for a label.
 * docs.github.com "Managing labels": an issue or pull request has at most 100 of them.
 */
export function checkLabels(carried: readonly string[], added: readonly string[]): void {
  for (const value of added) {
    if (value.trim() !== "" && [...value].length <= LONGEST_LABEL) continue;
    throw validationFailed({ value, resource: "Label", field: "name", code: "invalid" });
  }
  const all = new Set([...carried, ...added].map((name) => name.toLowerCase()));
  if (all.size <= MOST_LABELS) return;
  throw new GitHubError(422, `Validation Failed. Issues cannot have more than ${MOST_LABELS} labels`, {
    errors: [],
  });
}
