from ringtrue.core.models import AuditCheckpoint
from ringtrue.privacy import backing_up_keys, jobs


def test_each_periodic_job_runs_and_may_run_again(dental, tmp_path, monkeypatch):
    monkeypatch.setattr(backing_up_keys, "folder", lambda: tmp_path / "backups")
    monkeypatch.setattr(backing_up_keys, "wrapping_folder", lambda: tmp_path / "backup-keys")
    monkeypatch.setattr("ringtrue.core.checkpoints.heads_file", lambda: tmp_path / "heads.jsonl")
    from ringtrue.core import audit

    audit.record("thing.done", actor="system:test")
    for _ in range(2):
        for job in (jobs.expire, jobs.resume_erasures, jobs.back_up_keys, jobs.sign_audit_head):
            job(timestamp=0)
    assert len(backing_up_keys.backups()) == 2
    assert AuditCheckpoint.objects.count() >= 1
