/** Shares of an amount that all members bear alike: { member: cents }. */
export function splitEvenly(cents, members) {
  const share = Math.round(cents / members.length);
  return Object.fromEntries(members.map((member) => [member, share]));
}

/** Shares in proportion to weights, which are not negative and not all zero. */
export function splitByWeights(cents, weights) {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new Error("Weights must add up to more than zero");
  return Object.fromEntries(
    Object.entries(weights).map(([member, weight]) => [member, Math.round((cents * weight) / total)]),
  );
}
