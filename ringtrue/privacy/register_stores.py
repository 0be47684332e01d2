"""What the registers of a workspace keep, declared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ringtrue.privacy.data_map import Removed, declare
from ringtrue.privacy.register_models import PageCount


def expire_counts(workspace_id: UUID, cutoff: datetime) -> Removed:
    rows, _ = PageCount.objects.filter(workspace_id=workspace_id, day__lt=cutoff.date()).delete()
    return Removed(rows=rows)


declare(
    store="privacy_subprocessor", what="companies that may get data, their agreements and regions", category="configuration",
    subject="none", retention="while_active", purpose="showing who gets data",
)  # fmt: skip
declare(
    store="privacy_policyversion", what="published policies, every version", category="configuration", subject="none",
    retention="while_active", purpose="proving what was agreed",
)  # fmt: skip
declare(
    store="privacy_signature", what="who accepted, declared or signed which words, when and how", category="consent",
    subject="user", retention="while_active", purpose="proving what was agreed",
)  # fmt: skip
declare(
    store="privacy_pagecount", what="how often each page of the console was opened on a day, by nobody in particular",
    category="usage", subject="none", retention="usage", purpose="counting opened pages", expire=expire_counts,
    count=lambda workspace_id, cutoff: PageCount.objects.filter(workspace_id=workspace_id, day__lt=cutoff.date()).count(),
)  # fmt: skip
