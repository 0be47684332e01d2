"""Carriers' accounts and numbers: a business's own, no caller's."""

from __future__ import annotations

from ringtrue.privacy.data_map import declare

declare(
    store="numbers_lineaccount",
    what="accounts at carriers; credentials are encrypted (Fernet)",
    category="credentials",
    subject="none",
    retention="while_active",
    purpose="receiving and placing calls",
)
declare(
    store="numbers_numberorder",
    what="numbers that are being bought for the business",
    category="configuration",
    subject="none",
    retention="while_active",
    purpose="receiving calls",
)
declare(
    store="numbers_phonenumber",
    what="the business's own numbers and which agent answers them",
    category="configuration",
    subject="none",
    retention="while_active",
    purpose="receiving calls",
)
