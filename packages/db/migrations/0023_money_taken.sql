-- What is sold, what that entitles to, and what is billed of each call.

-- It was empty: no release wrote it. Now each seller has its say.
DROP TABLE subscriptions;
CREATE TABLE subscriptions (
  tenant_id text NOT NULL REFERENCES tenants (id),
  seller text NOT NULL CHECK (seller IN ('stripe', 'marketplace')),
  -- The seller's names: a customer and its subscription; on Marketplace the account.
  customer_id text NOT NULL,
  external_id text,
  plan text NOT NULL,
  state text NOT NULL CHECK (state IN ('trialing', 'active', 'past_due', 'unpaid', 'ended')),
  seats integer NOT NULL DEFAULT 1 CHECK (seats > 0),
  overage boolean NOT NULL DEFAULT false,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  past_due_since timestamptz,
  -- What comes at the end of the period: another plan, or `cancelled`.
  pending text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, seller)
);
-- Not unique: a tenant could tell by a refusal whose customer somebody is. The names are the sellers', who never repeat them.
CREATE INDEX subscriptions_customer ON subscriptions (seller, customer_id);

-- One row for each tenant to which something is sold, or given as the free plan.
CREATE TABLE entitlements (
  tenant_id text PRIMARY KEY REFERENCES tenants (id),
  seller text NOT NULL CHECK (seller IN ('none', 'stripe', 'marketplace')),
  plan text NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'grace', 'stopped')),
  seats integer NOT NULL,
  overage boolean NOT NULL,
  included_micro_usd bigint NOT NULL CHECK (included_micro_usd >= 0),
  -- Billable in the period; may be a little below zero when an estimate of the last period is put right.
  used_micro_usd bigint NOT NULL DEFAULT 0,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL,
  grace_until timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- The tenant's own key paid the vendor.
ALTER TABLE reservations ADD COLUMN own_key boolean NOT NULL DEFAULT false;
ALTER TABLE usage ADD COLUMN own_key boolean NOT NULL DEFAULT false;
-- Why it is not billed although it cost something, as decided by somebody: a failure of ours.
ALTER TABLE usage ADD COLUMN excused text;
-- What of it is billed, why not the rest, and what of it was handed to Stripe's meter.
ALTER TABLE usage ADD COLUMN billable_micro_usd bigint NOT NULL DEFAULT 0;
ALTER TABLE usage ADD COLUMN unbilled_reason text DEFAULT 'not_sold';
ALTER TABLE usage ADD COLUMN metered_micro_usd bigint NOT NULL DEFAULT 0;

-- What Stripe's meter is owed: one row for each fact, under a key that is unique for ever.
CREATE TABLE meter_events (
  tenant_id text NOT NULL REFERENCES tenants (id),
  key text NOT NULL,
  usage_id text NOT NULL,
  micro_usd bigint NOT NULL CHECK (micro_usd <> 0),
  used_at timestamptz NOT NULL,
  -- The time it is reported under, and when it was first sent: from then on nobody knows, until it is `sent_at`.
  reported_as timestamptz,
  asked_at timestamptz,
  sent_at timestamptz,
  PRIMARY KEY (tenant_id, key)
);
CREATE INDEX meter_events_owed ON meter_events (used_at) WHERE sent_at IS NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['subscriptions', 'entitlements', 'meter_events'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY everything ON %I TO aicd_system, aicd_eraser USING (true) WITH CHECK (true)', name);
    EXECUTE format($policy$CREATE POLICY own ON %I TO aicd_app
      USING (tenant_id = current_setting('app.tenant', true))
      WITH CHECK (tenant_id = current_setting('app.tenant', true))$policy$, name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO aicd_system, aicd_app', name);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO aicd_eraser', name);
  END LOOP;
END $$;
GRANT UPDATE (excused, billable_micro_usd, unbilled_reason, metered_micro_usd) ON usage TO aicd_app;

-- Decides once, in the statement that books the call, whichever release books it: what of it is billed, and what
-- Stripe's meter is owed for it. Rows of one tenant pass here one after the other. An own key pays for itself; with
-- overage off nothing beyond what is included is ever billed.
CREATE FUNCTION bill_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  e entitlements;
  billed bigint := 0;
  metered bigint := 0;
  at_stripe boolean;
BEGIN
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
CREATE TRIGGER bill_usage BEFORE INSERT OR UPDATE ON usage FOR EACH ROW EXECUTE FUNCTION bill_usage();
CREATE INDEX meter_events_usage ON meter_events (tenant_id, usage_id);
