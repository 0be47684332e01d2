"""What this feature keeps about callers, declared."""

from ringtrue.notifications import forgetting
from ringtrue.privacy.data_map import declare

declare(
    store="notifications_mail",
    what="mails to the business after a call or a text message, sealed",
    category="content",
    subject="caller",
    retention="mails",
    purpose="telling the business about its calls",
    erase=forgetting.forget_mails_of,
    expire=forgetting.expire_mails,
    count=lambda workspace_id, cutoff: forgetting.old_mails(workspace_id, cutoff).count(),
    export=forgetting.export_mails,
    shape=forgetting.HeldMail,
)
declare(
    store="file:mail",
    what="those mails as files, where the installation has no mail server; and mails about accounts",
    category="content",
    subject="caller",
    retention="mails",
    purpose="telling the business about its calls",
    kept_because="removed with its row in notifications_mail",
)
declare(
    store="notifications_webhookendpoint",
    what="where the business wants its webhooks",
    category="configuration",
    subject="none",
    retention="while_active",
    purpose="telling the business about its calls",
)
declare(
    store="notifications_webhookdelivery",
    what="webhook bodies, sealed, and the log of their delivery",
    category="content",
    subject="caller",
    retention="deliveries",
    purpose="telling the business about its calls",
    erase=forgetting.forget_deliveries_of,
    expire=forgetting.expire_deliveries,
    count=lambda workspace_id, cutoff: forgetting.old_deliveries(workspace_id, cutoff).count(),
    export=forgetting.export_deliveries,
    shape=forgetting.HeldDelivery,
)
