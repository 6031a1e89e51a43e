-- A key that is limited to some repositories sees of them only what its maker may read, once `app.maker` names
-- them: of somebody who may make no keys any more. Unset, all it was limited to, as before.
DROP POLICY sight ON sights;
CREATE POLICY sight ON sights AS RESTRICTIVE TO aicd_viewer USING (
  user_id IN (current_setting('app.viewer', true), current_setting('app.maker', true))
);
DROP POLICY sight ON repositories;
CREATE POLICY sight ON repositories AS RESTRICTIVE TO aicd_viewer USING (
  (NOT private AND current_setting('app.viewer', true) LIKE 'usr\_%')
  OR id IN (
    SELECT s.repository_id FROM sights s
    WHERE s.tenant_id = current_setting('app.tenant', true) AND s.user_id = current_setting('app.viewer', true)
      AND s.readable AND s.checked_at > now() - interval '15 minutes')
  OR (
    id IN (
      SELECT unnest(k.repositories) FROM api_keys k
      WHERE k.tenant_id = current_setting('app.tenant', true) AND k.id = current_setting('app.viewer', true))
    AND (
      NOT private
      OR coalesce(current_setting('app.maker', true), '') = ''
      OR id IN (
        SELECT s.repository_id FROM sights s
        WHERE s.tenant_id = current_setting('app.tenant', true) AND s.user_id = current_setting('app.maker', true)
          AND s.readable AND s.checked_at > now() - interval '15 minutes')))
);
