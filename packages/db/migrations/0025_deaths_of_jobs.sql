-- Runs that ended with their process. They are few where failures are many: a job that kills its process has no sixty lives.
ALTER TABLE outbox ADD COLUMN deaths int NOT NULL DEFAULT 0;
