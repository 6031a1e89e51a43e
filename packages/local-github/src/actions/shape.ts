import { simpleUser } from "../accounts/shape.ts";
import { apiUrl, minimalRepository, webUrl } from "../repositories/shape.ts";
import type { JobArtifact, WorkflowJob, WorkflowRun } from "../world/run.ts";
import type { Repository, Workflow } from "../world/types.ts";
import type { World } from "../world/world.ts";

export function runUrl(world: World, run: WorkflowRun): string {
  return `${apiUrl(world, run.repository)}/actions/runs/${run.id}`;
}

export function runWebUrl(world: World, run: WorkflowRun): string {
  return `${webUrl(world, run.repository)}/actions/runs/${run.id}`;
}

export function runShape(world: World, run: WorkflowRun) {
  const url = runUrl(world, run);
  const suite = run.id + 1;
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: run.nodeId,
    head_branch: run.ref.replace(/^refs\/(heads|tags)\//, ""),
    head_sha: run.sha,
    path: run.workflow.path,
    display_title: run.displayTitle,
    run_number: run.number,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow.id,
    check_suite_id: suite,
    check_suite_node_id: `CS_kwDO${Buffer.from(String(suite)).toString("base64url")}`,
    url,
    html_url: runWebUrl(world, run),
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor: simpleUser(world, run.actor),
    run_attempt: run.attempt,
    referenced_workflows: [],
    run_started_at: run.startedAt,
    triggering_actor: simpleUser(world, run.triggeringActor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${apiUrl(world, run.repository)}/check-suites/${suite}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${apiUrl(world, run.repository)}/actions/workflows/${run.workflow.id}`,
    head_commit: run.headCommit,
    repository: minimalRepository(world, run.repository),
    head_repository: minimalRepository(world, run.repository),
  };
}

/** GitHub's `check-annotation`, for what Actions says about a job itself. */
export function annotationShape(world: World, job: WorkflowJob, message: string) {
  const place = { path: ".github", start_line: 1, start_column: null, end_line: 1, end_column: null };
  const web = `${webUrl(world, job.run.repository)}/blob/${job.run.sha}/.github`;
  return { ...place, annotation_level: "failure", title: "", message, raw_details: "", blob_href: web };
}

export function workflowShape(world: World, repository: Repository, workflow: Workflow) {
  const web = webUrl(world, repository);
  return {
    id: workflow.id,
    node_id: workflow.nodeId,
    name: workflow.name,
    path: workflow.path,
    state: repository.workflowStates.get(workflow.path) ?? "active",
    created_at: workflow.createdAt,
    updated_at: workflow.createdAt,
    url: `${apiUrl(world, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${web}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${web}/workflows/${encodeURIComponent(workflow.name)}/badge.svg`,
  };
}

export function jobShape(world: World, job: WorkflowJob) {
  const { run } = job;
  const api = apiUrl(world, run.repository);
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflow.name,
    head_branch: run.ref.replace(/^refs\/(heads|tags)\//, ""),
    run_url: runUrl(world, run),
    run_attempt: run.attempt,
    node_id: job.nodeId,
    head_sha: run.sha,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${runWebUrl(world, run)}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.createdAt,
    started_at: job.startedAt ?? job.createdAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: step.status,
      conclusion: step.conclusion,
      number: step.number,
      started_at: step.startedAt,
      completed_at: step.completedAt,
    })),
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: job.labels,
    ...runnerOf(job),
  };
}

function runnerOf(job: WorkflowJob) {
  const { runner } = job;
  if (runner !== undefined)
    return {
      runner_id: runner.id,
      runner_name: runner.name,
      runner_group_id: 1,
      runner_group_name: "Default",
    };
  if (!job.startedAt)
    return { runner_id: null, runner_name: null, runner_group_id: null, runner_group_name: null };
  return {
    runner_id: 1,
    runner_name: `GitHub Actions ${job.id}`,
    runner_group_id: 0,
    runner_group_name: "GitHub Actions",
  };
}

export function artifactShape(world: World, run: WorkflowRun, artifact: JobArtifact) {
  const url = `${apiUrl(world, run.repository)}/actions/artifacts/${artifact.id}`;
  const { id } = run.repository;
  return {
    id: artifact.id,
    node_id: artifact.nodeId,
    name: artifact.name,
    size_in_bytes: artifact.files.reduce((sum, { content }) => sum + content.byteLength, 0),
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    created_at: artifact.createdAt,
    expires_at: null,
    updated_at: artifact.createdAt,
    workflow_run: {
      id: run.id,
      repository_id: id,
      head_repository_id: id,
      head_branch: run.ref.replace(/^refs\/(heads|tags)\//, ""),
      head_sha: run.sha,
    },
  };
}
