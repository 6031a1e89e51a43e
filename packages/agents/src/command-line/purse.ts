import { AicdError, type Budget, type HeldCall, LIST_PRICES, type ProgramRun, type Tokens } from "@aicd/core";

export type Spent = { model: string; tokens: Tokens; microUsd: number };

/**
 * The budget of a program that may make several calls at once: what a call costs at most is held from before it is
 * made until its tokens are counted, by the rule of the model gateway. So the budget is passed by one call's bounds
 * at most, whatever the program does at the same time.
 */
export function createPurse(
  budget: Pick<Budget, "limitMicroUsd" | "spentMicroUsd">,
  onSpent: (spent: Spent) => void,
): { hold(call: Parameters<ProgramRun["hold"]>[0]): HeldCall | AicdError } {
  let heldMicroUsd = 0;
  return {
    hold({ model: asked, worst }) {
      if (budget.spentMicroUsd() >= budget.limitMicroUsd) {
        return new AicdError("exhausted", "The budget for this work is used up.");
      }
      if (budget.spentMicroUsd() + heldMicroUsd >= budget.limitMicroUsd) {
        return new AicdError(
          "limited",
          "What is left of the money is held for calls that are still under way. Try again when they are done.",
        );
      }
      const microUsd = LIST_PRICES.priceWorst(asked, worst);
      heldMicroUsd += microUsd;
      return {
        settle(used) {
          heldMicroUsd -= microUsd;
          if (used === undefined) return;
          const { model, tokens } = used;
          onSpent({
            model,
            tokens,
            microUsd: LIST_PRICES.priceTokens(LIST_PRICES.isPriced(model) ? model : asked, tokens),
          });
        },
      };
    },
  };
}
