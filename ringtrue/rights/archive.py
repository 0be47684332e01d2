"""Everything that is held about a person as one ZIP file: a page to read (index.html), JSON and CSV by store, recordings as WAV, each
call as a vCon, consents as records, what is collected, why, where from and for whom (data map), and JSON Schemas of all of these."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.utils import timezone

from ringtrue.calls.listening import NoRecording
from ringtrue.calls.models import Call
from ringtrue.calls.reading import wav
from ringtrue.calls.vcon import vcon_of
from ringtrue.notifications.models import Mail, WebhookDelivery
from ringtrue.privacy.consent_records import records_of
from ringtrue.privacy.data_map import Store, stores
from ringtrue.privacy.models import ConsentEvent, Subject
from ringtrue.privacy.policy import effective
from ringtrue.privacy.policy_words import words
from ringtrue.privacy.restricting import standing
from ringtrue.rights.archive_shapes import About, Consent, ConsentRecord, VCon
from ringtrue.rights.packing import Files, plain


def archive_of(subject: Subject, *, business: str) -> bytes:
    """Needs the subject's scope."""
    files = Files()
    data: dict[str, list[Any]] = {}
    for store in stores():
        if store.export is not None:
            held = [msgspec.to_builtins(item) for item in store.export(subject)]
            if held:
                data[store.store] = held
                files.add_rows(store.store.replace(":", "_"), held, store.shape, store.what)
    data["consents"] = consents_of(subject)
    files.add_rows("consents", data["consents"], Consent, "what was agreed to, refused and taken back")
    files.add("consent-records.json", records_of(subject), list[ConsentRecord], "consents as records of ISO/IEC TS 27560")
    for call in Call.objects.filter(subject=subject).select_related("agent_version").order_by("created_at"):
        sound = f"recordings/{call.id}.wav"
        files.add(f"vcon/{call.id}.json", vcon_of(call, recording_at=f"../{sound}"), VCon, "a call as a vCon", kind="vcon")
        try:
            files.held[sound] = _sound(call)
        except NoRecording:
            continue
    about = disclosure(subject)
    files.add("about.json", about, About, "what is collected, why, for how long, and for whom")
    files.held["index.html"] = _page(business, data, about, sorted(files.held)).encode()
    return files.packed(str(subject.id))


def consents_of(subject: Subject) -> list[dict[str, Any]]:
    rows = ConsentEvent.objects.filter(subject=subject).order_by("at")
    return [
        {"purpose": c.purpose, "granted": c.granted, "method": c.method, "wording": c.wording, "call": str(c.call_id or ""), "at": c.at.isoformat()}
        for c in rows
    ]  # fmt: skip


def disclosure(subject: Subject) -> dict[str, Any]:
    """What is collected, from where, why, for how long, and who gets it (California Civil Code 1798.110, GDPR Art. 15(1))."""
    workspace_id = subject.workspace_id
    kept = [store for store in stores() if store.subject == "caller"]
    return {
        "categories": sorted({store.category for store in kept}),
        "stores": [
            {"store": s.store, "what": s.what, "category": s.category, "purpose": s.purpose, "where": s.region, "kept_for": _period(workspace_id, s)}
            for s in kept
        ],
        "sources": ["what you said in calls", "what the telephone network reported", "what the business typed"],
        "recipients": recipients_of(subject),
        "sold": words("sharing.sale", effective(workspace_id, "sharing.sale").value),
        "training": words("training.on_calls", effective(workspace_id, "training.on_calls").value),
        "automated_decisions": "none with legal or similar effect",
        "restrictions": standing(subject),
    }  # fmt: skip


def recipients_of(subject: Subject) -> list[str]:
    """To whom data of this person really went: carriers of their calls, receivers of webhooks about them, mailed members."""
    lines = Call.objects.filter(subject=subject).values_list("line", flat=True).distinct().order_by("line")
    urls = WebhookDelivery.objects.filter(subject=subject).values_list("endpoint__url", flat=True)
    found = [f"{line} (telephone line)" for line in lines] + sorted({urlsplit(url).hostname or "" for url in urls})
    return [*found, "members of the business, by mail"] if Mail.objects.filter(subject=subject).exists() else found


def _period(workspace_id: Any, store: Store) -> str:
    key = f"retention.{store.retention}"
    try:
        return words(key, effective(workspace_id, key).value)
    except ValueError:
        return store.kept_because or "as long as the account is active"


def _sound(call: Call) -> bytes:
    return b"".join(wav(call).read())


STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1b2422}h1{font-size:1.6rem}"
    "h2{margin-top:2.2rem;font-size:1.2rem}dt{font-weight:600}dd{margin:0 0 .5rem}"
    "section>article{border:1px solid #d8d4c8;border-radius:8px;padding:.8rem 1rem;margin:.8rem 0;overflow-wrap:anywhere}"
)


def _page(business: str, data: dict[str, list[Any]], about: dict[str, Any], names: list[str]) -> str:
    whats = {store.store: store.what for store in stores()}
    parts = [
        f"<section><h2>{escape(whats.get(name, name).capitalize())} ({len(rows)})</h2>"
        + "".join(f"<article>{_shown(row)}</article>" for row in rows)
        + "</section>"
        for name, rows in data.items()
        if rows
    ]
    sounds = [name for name in names if name.startswith("recordings/")]
    if sounds:
        listed = "".join(
            f'<article><p>{escape(name)}</p><audio controls src="{escape(name)}"></audio></article>' for name in sounds
        )
        parts.append(f"<section><h2>Recordings ({len(sounds)})</h2>{listed}</section>")
    kept = "".join(
        f"<article><p><b>{escape(s['what'])}</b></p><p>Why: {escape(s['purpose'])}. Kept: {escape(s['kept_for'])}.</p></article>"
        for s in about["stores"]
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Your data at {escape(business)}</title><style>{STYLE}</style></head><body><main><h1>Your data at {escape(business)}</h1>"
        f"<p>Everything that is kept about you, as of {timezone.now():%Y-%m-%d}. The same lies beside this page for programs: tables for a spreadsheet (CSV) and JSON by kind (data), each call as a vCon (vcon), what you agreed to (consent-records.json), and what is in each of these files (schemas).</p>"
        + ("".join(parts) or "<p>Nothing is kept about you.</p>")
        + "<section><h2>What is collected, why, and for whom</h2>"
        + f"<p>Sources: {escape('; '.join(about['sources']))}. Recipients: {escape(', '.join(about['recipients']) or 'nobody outside')}. "
        + f"Sold: {escape(about['sold'])}. Training of models: {escape(about['training'])}.</p>{kept}</section></main></body></html>"
    )


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        rows = [
            f"<dt>{escape(str(k).replace('_', ' '))}</dt><dd>{_shown(v)}</dd>"
            for k, v in value.items()
            if v not in ("", None, [], {})
        ]
        return f"<dl>{''.join(rows)}</dl>"
    if isinstance(value, list):
        return "<ul>" + "".join(f"<li>{_shown(item)}</li>" for item in value) + "</ul>"
    return escape(plain(value) if not isinstance(value, str) else value)
