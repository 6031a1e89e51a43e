import { CHECK_NAME, type CheckButton } from "@aicd/core";
import type { InstallationClients } from "./clients.ts";
import type { RepositoryName } from "./permission.ts";
import { isStatus } from "./status.ts";

/** Something to be seen at a line of the change; all texts are shown as they are, GitHub reads no Markdown there. */
export type CheckAnnotation = {
  path: string;
  line: number;
  level: "notice" | "warning" | "failure";
  title: string;
  message: string;
};

/** A conclusion ends the run. Not all of GitHub's: those we have a use for. */
export type CheckStanding =
  | { status: "queued" | "in_progress" }
  | { status: "completed"; conclusion: "success" | "neutral" | "action_required" | "failure" };

export type CheckView = {
  standing: CheckStanding;
  title: string;
  /** Markdown. */
  summary: string;
  /** In an order that stays: GitHub only ever adds, and how many it has says which those are. */
  annotations: readonly CheckAnnotation[];
  buttons: readonly CheckButton[];
  /** Our page about it. */
  detailsUrl: string;
};

/** GitHub's "Create a check run", `output.annotations`: as many in one call. */
const PER_CALL = 50;

type Place = { owner: string; repo: string };

/**
 * Shows a view on a commit, in one check run however often it is asked: the known one, else the one that an
 * earlier try made without our learning of it, else a new one.
 * @param input.key tells our check run of this pull request from others on the commit
 * @returns GitHub's id of the check run
 */
export async function writeCheckRun(
  clients: InstallationClients,
  repository: RepositoryName,
  input: { sha: string; key: string; appLogin: string; known: number | undefined; view: CheckView },
): Promise<number> {
  const place = { owner: repository.owner, repo: repository.name };
  await clients.turn("change");
  const found = await find(clients.read, place, input);
  if (found !== undefined) {
    await addTo(clients, place, found.id, { view: input.view, from: found.annotated });
    return found.id;
  }
  const { annotations } = input.view;
  const { data } = await clients.write.rest.checks.create({
    ...place,
    name: CHECK_NAME,
    head_sha: input.sha,
    external_id: input.key,
    ...bodyOf(input.view, annotations.slice(0, PER_CALL)),
  });
  const id = Number(data.id);
  if (annotations.length > PER_CALL) await addTo(clients, place, id, { view: input.view, from: PER_CALL });
  return id;
}

/** A check run on a commit that is no longer the head: nothing more comes of it, and nothing is to be pressed. */
export async function endCheckRun(
  { write }: InstallationClients,
  repository: RepositoryName,
  input: { id: number; title: string; summary: string },
): Promise<void> {
  const { id, title, summary } = input;
  try {
    await write.rest.checks.update({
      owner: repository.owner,
      repo: repository.name,
      check_run_id: id,
      conclusion: "neutral",
      output: { title, summary },
      actions: [],
    });
  } catch (error) {
    // GitHub archives old ones; what is not there does not spin.
    if (!isStatus(error, 404)) throw error;
  }
}

/** Writes the view, with the annotations that are not there yet, 50 at a time. */
async function addTo(
  { write }: InstallationClients,
  place: Place,
  id: number,
  { view, from }: { view: CheckView; from: number },
): Promise<void> {
  let at = from;
  do {
    const annotations = view.annotations.slice(at, at + PER_CALL);
    await write.rest.checks.update({ ...place, check_run_id: id, ...bodyOf(view, annotations) });
    at += PER_CALL;
  } while (at < view.annotations.length);
}

async function find(
  read: InstallationClients["read"],
  place: Place,
  input: { sha: string; key: string; appLogin: string; known: number | undefined },
): Promise<{ id: number; annotated: number } | undefined> {
  if (input.known !== undefined) {
    try {
      const { data } = await read.rest.checks.get({ ...place, check_run_id: input.known });
      return { id: input.known, annotated: data.output.annotations_count };
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }
  const { data } = await read.rest.checks.listForRef({
    ...place,
    ref: input.sha,
    check_name: CHECK_NAME,
    filter: "all",
    per_page: 100,
  });
  const ours = data.check_runs.find(
    (run) => run.external_id === input.key && `${run.app?.slug}[bot]` === input.appLogin,
  );
  return ours === undefined ? undefined : { id: Number(ours.id), annotated: ours.output.annotations_count };
}

function bodyOf(view: CheckView, annotations: readonly CheckAnnotation[]) {
  const { standing, title, summary, buttons, detailsUrl } = view;
  return {
    ...(standing.status === "completed" ? { conclusion: standing.conclusion } : { status: standing.status }),
    details_url: detailsUrl,
    output: {
      title,
      summary,
      ...(annotations.length === 0 ? {} : { annotations: annotations.map(annotationOf) }),
    },
    actions: [...buttons],
  };
}

function annotationOf({ path, line, level, title, message }: CheckAnnotation) {
  return { path, start_line: line, end_line: line, annotation_level: level, title, message };
}
