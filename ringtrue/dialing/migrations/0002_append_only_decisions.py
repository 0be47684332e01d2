"""A verdict is never changed afterwards, and removed only when its workspace is closed (`privacy.ledger.closing_workspace`)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION dialing_decisions_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('app.closing_workspace', true) = OLD.workspace_id::text THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'verdicts are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dialing_decision
    FOR EACH ROW EXECUTE FUNCTION dialing_decisions_are_append_only();
"""
BACKWARD = "DROP TRIGGER append_only ON dialing_decision; DROP FUNCTION dialing_decisions_are_append_only();"


class Migration(migrations.Migration):
    dependencies = [("dialing", "0001_permits")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
