-- Every judgement of a task, newest first, whichever of its changes it was about.
CREATE INDEX verdicts_of_task ON verdicts (tenant_id, task_id, id DESC);
