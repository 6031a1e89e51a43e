-- When GitHub was last asked what became of an attempt's run: before an attempt is given up, its run is looked at.
ALTER TABLE attempts ADD COLUMN asked_at timestamptz;
