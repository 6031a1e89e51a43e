-- A change that a person had published although it was not finished: the pull request says so.
ALTER TABLE change_sets ADD COLUMN partial boolean NOT NULL DEFAULT false;
