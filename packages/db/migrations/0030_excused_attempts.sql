-- Why the calls of an attempt are not billed: those that are booked already, and those still to come.
ALTER TABLE attempts ADD COLUMN excused text;

-- Sums say how much of them was excused, and go on to read the index alone.
CREATE INDEX usage_by_time_excused ON usage (tenant_id, created_at)
  INCLUDE (micro_usd, task_id, provider, model, excused);
DROP INDEX usage_by_time;
ALTER INDEX usage_by_time_excused RENAME TO usage_by_time;

CREATE OR REPLACE FUNCTION bill_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  e entitlements;
  billed bigint := 0;
  metered bigint := 0;
  at_stripe boolean;
BEGIN
  -- It is booked after its attempt ended. Who books holds the task, and so does who excuses, so this sees the excuse,
  -- or the excuse sees the row.
  IF TG_OP = 'INSERT' AND NEW.excused IS NULL THEN
    NEW.excused := (SELECT excused FROM attempts WHERE tenant_id = NEW.tenant_id AND id = NEW.attempt_id);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.micro_usd = OLD.micro_usd AND NEW.excused IS NOT DISTINCT FROM OLD.excused THEN RETURN NEW; END IF;
    billed := OLD.billable_micro_usd;
    metered := OLD.metered_micro_usd;
  END IF;
  SELECT * INTO e FROM entitlements WHERE tenant_id = NEW.tenant_id FOR UPDATE;
  -- What was booked before anything was sold stays what it was.
  IF NOT FOUND OR (TG_OP = 'UPDATE' AND OLD.unbilled_reason = 'not_sold') THEN RETURN NEW; END IF;
  NEW.unbilled_reason := CASE
    WHEN NEW.excused IS NOT NULL THEN NEW.excused
    WHEN NEW.own_key THEN 'own_key'
    WHEN NOT e.overage AND NEW.micro_usd > greatest(0, e.included_micro_usd - (e.used_micro_usd - billed)) THEN 'beyond_plan'
  END;
  NEW.billable_micro_usd := CASE
    WHEN NEW.unbilled_reason IS NULL THEN NEW.micro_usd
    WHEN NEW.unbilled_reason = 'beyond_plan' THEN greatest(0, e.included_micro_usd - (e.used_micro_usd - billed))
    ELSE 0
  END;
  UPDATE entitlements SET used_micro_usd = used_micro_usd + NEW.billable_micro_usd - billed
  WHERE tenant_id = NEW.tenant_id AND NEW.billable_micro_usd <> billed;
  -- A call of the free plan is nothing to Stripe, also when it is put right after something was bought.
  at_stripe := (TG_OP = 'INSERT' AND e.seller = 'stripe') OR (TG_OP = 'UPDATE' AND metered = billed AND
    (e.seller = 'stripe' OR metered <> 0));
  NEW.metered_micro_usd := CASE WHEN at_stripe THEN NEW.billable_micro_usd ELSE metered END;
  IF NEW.metered_micro_usd <> metered THEN
    INSERT INTO meter_events (tenant_id, key, usage_id, micro_usd, used_at)
    SELECT NEW.tenant_id, NEW.id || ':' || count(*) + 1, NEW.id, NEW.metered_micro_usd - metered, NEW.created_at
    FROM meter_events WHERE tenant_id = NEW.tenant_id AND usage_id = NEW.id;
  END IF;
  RETURN NEW;
END $$;
