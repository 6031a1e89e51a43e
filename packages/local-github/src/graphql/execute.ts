import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
} from "graphql";
import { GitHubError } from "../http/errors.ts";
import { meterWrite } from "../http/meter.ts";
import { readPublished } from "../published/read.ts";
import type { Identity } from "../world/identity.ts";
import { recordUnexpected, type World } from "../world/world.ts";
import { accountView } from "./account-view.ts";
import { commitView, refView, treeEntryView } from "./git-view.ts";
import { commentView, issueView } from "./issue-view.ts";
import { mutationRoot } from "./mutation.ts";
import { pullView } from "./pull-view.ts";
import { queryRoot } from "./query.ts";
import { repositoryView } from "./repository-view.ts";
import { reviewCommentView, reviewView, threadOfReviewView } from "./review-view.ts";
import { GraphqlProblem, type Scope, type View } from "./scope.ts";

/** Answers one GraphQL request against GitHub's published schema. Never throws for what a query may get wrong. */
export async function executeGraphql(world: World, identity: Identity, body: string): Promise<unknown> {
  const { query, variables, operationName } = parseRequest(body);
  let document: DocumentNode;
  try {
    document = prepare(query);
  } catch (error) {
    // Syntax and schema errors are an answer with status 200, as on GitHub.
    return { errors: (Array.isArray(error) ? error : [error]).map(formatInvalid) };
  }
  if (isMutation(document)) meterWrite(world, identity);
  const scope = createScope(world, identity);
  const result = await execute({
    schema: schema(),
    document,
    rootValue: { ...queryRoot(scope), ...mutationRoot(scope) },
    contextValue: scope,
    variableValues: variables ?? {},
    operationName: operationName ?? null,
    fieldResolver: resolveField,
    typeResolver: (value) => String((value as View).__typename),
  });
  const errors = result.errors?.map((error) => formatError(world, error));
  return { data: result.data ?? null, ...(errors ? { errors } : {}) };
}

interface GraphqlRequest {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

function parseRequest(body: string): GraphqlRequest {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch {
    // What is not JSON is the caller's mistake.
    throw new GitHubError(400, "Problems parsing JSON");
  }
  if (typeof (request as GraphqlRequest | null)?.query !== "string") {
    throw new GitHubError(400, "A query attribute must be specified and must be a string.");
  }
  return request as GraphqlRequest;
}

let loaded: GraphQLSchema | undefined;

/** Building the schema takes a quarter of a second, so it waits for the first query and is shared. */
function schema(): GraphQLSchema {
  if (loaded) return loaded;
  loaded = buildSchema(readPublished("graphql"), {
    assumeValid: true,
    assumeValidSDL: true,
    noLocation: true,
  });
  return loaded;
}

const documents = new Map<string, DocumentNode>();

function prepare(query: string): DocumentNode {
  const known = documents.get(query);
  if (known) return known;
  const document = parse(query);
  const problems = validate(schema(), document);
  if (problems.length > 0) throw problems;
  documents.set(query, document);
  return document;
}

function createScope(world: World, identity: Identity): Scope {
  const scope: Scope = {
    world,
    identity,
    view: {
      account: (account) => accountView(scope, account),
      repository: (repository) => repositoryView(scope, repository),
      ref: (repository, name, oid) => refView(scope, repository, name, oid),
      commit: (repository, commit) => commitView(scope, repository, commit),
      treeEntry: (repository, entry, path) => treeEntryView(scope, repository, entry, path),
      issue: (issue) => issueView(scope, issue),
      comment: (comment) => commentView(scope, comment),
      pull: (pull) => pullView(scope, pull),
      review: (review) => reviewView(scope, review),
      reviewComment: (comment) => reviewCommentView(scope, comment),
      thread: (thread) => threadOfReviewView(scope, thread),
    },
  };
  return scope;
}

/** Takes the field from the view; one the view does not have must not pass for null. */
const resolveField: GraphQLFieldResolver<View, Scope> = (source, args, scope, info) => {
  if (!(info.fieldName in source)) {
    const detail = `The local GitHub does not implement ${info.parentType.name}.${info.fieldName}`;
    recordUnexpected(scope.world, { kind: "unknown-field", method: "POST", path: "/graphql", detail });
    throw new Error(detail);
  }
  const value = source[info.fieldName];
  return typeof value === "function" ? (value as (args: unknown) => unknown)(args) : value;
};

function formatError(world: World, error: GraphQLError): Record<string, unknown> {
  const { message, path, locations, originalError } = error;
  const common = { path, locations, message };
  if (originalError instanceof GraphqlProblem) return { type: originalError.type, ...common };
  if (originalError instanceof GitHubError) {
    const errors = originalError.body.errors as { message?: string }[] | undefined;
    const type = originalError.status === 403 ? "FORBIDDEN" : "UNPROCESSABLE";
    return { type, ...common, message: errors?.[0]?.message ?? message };
  }
  if (originalError && !message.startsWith("The local GitHub")) {
    recordUnexpected(world, {
      kind: "crash",
      method: "POST",
      path: "/graphql",
      detail: originalError.stack ?? message,
    });
  }
  return common;
}

function isMutation(document: DocumentNode): boolean {
  return document.definitions.some(
    (each) => each.kind === Kind.OPERATION_DEFINITION && each.operation === "mutation",
  );
}

function formatInvalid(error: GraphQLError): Record<string, unknown> {
  return { path: error.path ?? [], locations: error.locations, message: error.message };
}
