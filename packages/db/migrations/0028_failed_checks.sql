-- What the checks of a task's pull request came to: rounds in a row, the last failure, what is still to be mended.
ALTER TABLE tasks ADD COLUMN ci jsonb;
