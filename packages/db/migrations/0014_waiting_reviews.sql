-- Reviews queue: those a retry works on, and those that came while it ran. The release before this one keeps one of
-- each in review_id and next_review_id; what it wrote there is taken over here and read beside the lists.
ALTER TABLE tasks ADD COLUMN review_ids bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE tasks ADD COLUMN waiting_review_ids bigint[] NOT NULL DEFAULT '{}';
UPDATE tasks SET review_ids = ARRAY[review_id] WHERE review_id IS NOT NULL AND state NOT IN ('PR_OPEN', 'MERGED', 'CLOSED', 'CANCELLED');
UPDATE tasks SET waiting_review_ids = ARRAY[next_review_id] WHERE next_review_id IS NOT NULL;
