"""Lines are append-only in the database too, and the lines of an entry add up to zero. Only closing a workspace removes them
(`privacy.ledger.closing_workspace` says so to the transaction)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION billing_lines_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('app.closing_workspace', true) = OLD.workspace_id::text THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_line
    FOR EACH ROW EXECUTE FUNCTION billing_lines_are_append_only();
CREATE FUNCTION billing_entries_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added GROUP BY entry HAVING sum(amount_micros) <> 0) THEN
        RAISE EXCEPTION 'the lines of an entry must add up to zero' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER adds_up AFTER INSERT ON billing_line
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION billing_entries_add_up();
"""
BACKWARD = """
DROP TRIGGER adds_up ON billing_line; DROP FUNCTION billing_entries_add_up();
DROP TRIGGER append_only ON billing_line; DROP FUNCTION billing_lines_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_books")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
