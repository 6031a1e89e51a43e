import { AicdError } from "@aicd/core";
import { INPUTS } from "./constants.ts";

/** What one run of the action is to do. */
export type ActionSettings = {
  controlPlaneUrl: string;
  attemptId: string;
  runKey: string;
  /** Read access to the repository for `git fetch`; empty when the repository needs none. */
  githubToken: string;
};

/** Turns raw inputs into settings, or says everything that is wrong with them at once. */
export function readInputs(get: (name: string) => string): ActionSettings {
  const controlPlaneUrl = get(INPUTS.controlPlaneUrl);
  const mode = get(INPUTS.mode) || (controlPlaneUrl === "" ? "standalone" : "leased");
  const problems: string[] = [];
  if (mode === "standalone") {
    problems.push(
      `this version works only with a control plane: set \`${INPUTS.controlPlaneUrl}\` (and \`${INPUTS.attemptId}\`, \`${INPUTS.runKey}\`) from the inputs of the workflow, as in examples/aicd.yml`,
    );
  } else if (mode !== "leased") {
    problems.push(`\`${INPUTS.mode}\` is \`${mode}\`; known are \`leased\` and \`standalone\``);
  } else {
    if (!isHttpUrl(controlPlaneUrl)) problems.push(`\`${INPUTS.controlPlaneUrl}\` is not an http(s) URL`);
    for (const name of [INPUTS.attemptId, INPUTS.runKey]) {
      if (!/^[\w.-]{1,128}$/.test(get(name))) problems.push(`\`${name}\` is missing or not valid`);
    }
  }
  if (problems.length > 0) {
    throw new AicdError("invalid", `The inputs of the action are not usable:\n- ${problems.join("\n- ")}`);
  }
  return {
    controlPlaneUrl,
    attemptId: get(INPUTS.attemptId),
    runKey: get(INPUTS.runKey),
    githubToken: get(INPUTS.githubToken),
  };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
