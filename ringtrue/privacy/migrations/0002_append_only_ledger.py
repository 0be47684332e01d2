"""The consent ledger is append-only in the database too: no row is changed, and none removed but when a whole workspace is closed
(`ledger.closing_workspace` says so to the transaction). Erasing a person leaves their consents, which then point to nobody."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION privacy_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('app.closing_workspace', true) = OLD.workspace_id::text THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the consent ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON privacy_consentevent
    FOR EACH ROW EXECUTE FUNCTION privacy_ledger_is_append_only();
"""
BACKWARD = "DROP TRIGGER append_only ON privacy_consentevent; DROP FUNCTION privacy_ledger_is_append_only();"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
