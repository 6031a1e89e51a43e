import type { Account } from "../world/account.ts";
import type { Reaction, ReactionContent } from "../world/types.ts";
import type { World } from "../world/world.ts";

interface Reactable {
  reactions: Reaction[];
}

/** One account reacts once with each content; the second time gives the first reaction back. */
export function react(
  world: World,
  subject: Reactable,
  account: Account,
  content: ReactionContent,
): { reaction: Reaction; isNew: boolean } {
  const known = subject.reactions.find((each) => each.user === account && each.content === content);
  if (known) return { reaction: known, isNew: false };
  const reaction: Reaction = { ...world.mint("reaction"), content, user: account, createdAt: world.now() };
  subject.reactions.push(reaction);
  return { reaction, isNew: true };
}

/** Undefined when there is no such reaction. */
export function withdraw(subject: Reactable, matches: (reaction: Reaction) => boolean): Reaction | undefined {
  const found = subject.reactions.find(matches);
  subject.reactions = subject.reactions.filter((each) => each !== found);
  return found;
}
