-- What is said where no task is: why a wish cannot be done, and what can be. Such a comment belongs to its
-- repository alone; the release before this one finds no task for it and leaves it to this one.
ALTER TABLE comments ALTER COLUMN task_id DROP NOT NULL;
ALTER TABLE comments ADD COLUMN repository_id text;
ALTER TABLE comments ADD CONSTRAINT comments_repository
  FOREIGN KEY (tenant_id, repository_id) REFERENCES repositories (tenant_id, id) NOT VALID;
ALTER TABLE comments ADD CONSTRAINT comments_belong CHECK (task_id IS NOT NULL OR repository_id IS NOT NULL) NOT VALID;
CREATE UNIQUE INDEX comments_of_repository ON comments (tenant_id, repository_id, key) WHERE task_id IS NULL;
