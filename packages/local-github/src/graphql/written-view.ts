import { associationOf } from "../accounts/account.ts";
import type { Account } from "../world/account.ts";
import type { Authored, Minimizable, Reaction, ReactionContent } from "../world/types.ts";
import { connection, type PageArgs } from "./connection.ts";
import type { Scope, View } from "./scope.ts";

export const REACTION_NAMES = {
  THUMBS_UP: "+1",
  THUMBS_DOWN: "-1",
  LAUGH: "laugh",
  CONFUSED: "confused",
  HEART: "heart",
  HOORAY: "hooray",
  ROCKET: "rocket",
  EYES: "eyes",
} as const satisfies Record<string, ReactionContent>;
export type ReactionName = keyof typeof REACTION_NAMES;

/** Fields every written thing has: author, text, edits, reactions. */
export function writtenView(scope: Scope, thing: Authored): View {
  const me = viewerOf(scope);
  return {
    id: thing.nodeId,
    databaseId: thing.id,
    fullDatabaseId: String(thing.id),
    body: thing.body,
    bodyText: thing.body,
    author: scope.view.account(thing.user),
    authorAssociation: associationOf(thing.repository, thing.user),
    editor: thing.editor ? scope.view.account(thing.editor) : null,
    createdAt: thing.createdAt,
    createdViaEmail: false,
    publishedAt: thing.createdAt,
    updatedAt: thing.updatedAt,
    lastEditedAt: thing.lastEditedAt ?? null,
    // True when the first version was kept, which GitHub does once there is an edit.
    includesCreatedEdit: thing.lastEditedAt !== undefined,
    viewerDidAuthor: thing.user === me,
    repository: scope.view.repository(thing.repository),
    reactions: (args: PageArgs & { content?: ReactionName | null }) => {
      const wanted = args.content ? REACTION_NAMES[args.content] : undefined;
      const list = thing.reactions.filter((reaction) => !wanted || reaction.content === wanted);
      return connection("reactions", list, args, (reaction) => reactionView(scope, reaction));
    },
    reactionGroups: () => reactionGroups(scope, thing),
  };
}

export function minimizableView(thing: Minimizable): View {
  return { isMinimized: thing.minimizedReason !== undefined, minimizedReason: thing.minimizedReason ?? null };
}

export function reactionView(scope: Scope, reaction: Reaction): View {
  return {
    __typename: "Reaction",
    id: reaction.nodeId,
    databaseId: reaction.id,
    content: reactionName(reaction.content),
    createdAt: reaction.createdAt,
    user: { ...scope.view.account(reaction.user), __typename: "User" },
  };
}

export function reactionGroups(scope: Scope, thing: Authored): View[] {
  const me = viewerOf(scope);
  return Object.entries(REACTION_NAMES).map(([content, word]) => {
    const mine = thing.reactions.filter((reaction) => reaction.content === word);
    const accounts = mine.map((reaction) => reaction.user);
    return {
      __typename: "ReactionGroup",
      content,
      createdAt: mine[0]?.createdAt ?? null,
      viewerHasReacted: accounts.some((account) => account === me),
      reactors: (args: PageArgs) => connection("reactors", accounts, args, scope.view.account),
    };
  });
}

function reactionName(content: ReactionContent): string | undefined {
  return Object.entries(REACTION_NAMES).find(([, word]) => word === content)?.[0];
}

export function viewerOf(scope: Scope): Account | undefined {
  const { identity } = scope;
  if (identity.kind === "installation") return identity.installation.app.bot;
  return identity.kind === "user" || identity.kind === "job" ? identity.account : undefined;
}
