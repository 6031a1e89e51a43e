import { randomUUID } from "node:crypto";
import type { WorkflowJob } from "../world/run.ts";
import type { World } from "../world/world.ts";

const LIFETIME_SECONDS = 300;

function issuerUrl(world: World): string {
  return `${world.url}/_oidc`;
}

export function discovery(world: World) {
  const issuer = issuerUrl(world);
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks`,
    subject_types_supported: ["public", "pairwise"],
    response_types_supported: ["id_token"],
    claims_supported: [
      "sub",
      "aud",
      "exp",
      "iat",
      "iss",
      "jti",
      "nbf",
      "repository",
      "repository_id",
      "run_id",
    ],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid"],
  };
}

/** The claims GitHub puts into a job's token; ids and counts are text, as there. */
export function claimsOf(world: World, job: WorkflowJob, audience: string | undefined) {
  const { run } = job;
  const { repository, workflow } = run;
  const name = `${repository.owner.login}/${repository.name}`;
  const workflowRef = `${name}/${workflow.path}@${run.ref}`;
  const now = Math.floor(Date.now() / 1000);
  return {
    jti: randomUUID(),
    sub: `repo:${name}:ref:${run.ref}`,
    aud: audience ?? `${world.url}/${repository.owner.login}`,
    ref: run.ref,
    sha: run.sha,
    repository: name,
    repository_owner: repository.owner.login,
    repository_owner_id: String(repository.owner.id),
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(run.attempt),
    repository_visibility: repository.private ? "private" : "public",
    repository_id: String(repository.id),
    actor_id: String(run.actor.id),
    actor: run.actor.login,
    workflow: workflow.name,
    head_ref: "",
    base_ref: "",
    event_name: run.event,
    ref_protected: "false",
    ref_type: "branch",
    workflow_ref: workflowRef,
    workflow_sha: run.sha,
    job_workflow_ref: workflowRef,
    job_workflow_sha: run.sha,
    runner_environment: "github-hosted",
    iss: issuerUrl(world),
    nbf: now - LIFETIME_SECONDS,
    exp: now + LIFETIME_SECONDS,
    iat: now,
  };
}
