"""What the files of a person's archive look like, besides the rows of the stores, whose shapes stand in the data map. JSON Schemas
(draft 2020-12) are made of these types and lie in the archive."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

import msgspec

from ringtrue.privacy.data_map import Instant

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Consent(TypedDict):
    purpose: str
    granted: bool
    method: str
    wording: str  # that was played or shown
    call: str
    at: Instant


class ConsentRecord(TypedDict):
    """The four sections of ISO/IEC TS 27560:2023."""

    record_header: dict[str, str]
    pii_processing: dict[str, Any]
    party_identification: list[dict[str, str]]
    events: list[dict[str, str]]


class KeptStore(TypedDict):
    store: str
    what: str
    category: str
    purpose: str
    where: str
    kept_for: str


class About(TypedDict):
    categories: list[str]
    stores: list[KeptStore]
    sources: list[str]
    recipients: list[str]
    sold: str
    training: str
    automated_decisions: str
    restrictions: list[str]


class Party(TypedDict):
    role: str
    tel: NotRequired[str]
    name: NotRequired[str]
    uuid: NotRequired[str]


class Dialog(TypedDict):
    """A text holds `body`; a recording leads to the file beside it (`url`), or holds it (`body`, base64url)."""

    type: Literal["recording", "text"]
    start: Instant
    duration: float  # seconds
    parties: list[int]
    mediatype: str
    originator: NotRequired[int]
    filename: NotRequired[str]
    content_hash: NotRequired[str]
    url: NotRequired[str]
    body: NotRequired[str]
    encoding: NotRequired[Literal["none", "base64url"]]


class Analysis(TypedDict):
    type: Literal["summary"]
    vendor: str
    product: str
    mediatype: str
    body: str
    encoding: Literal["none"]


class Attachment(TypedDict):
    purpose: Literal["consent", "call_record"]
    start: Instant
    party: int
    mediatype: str
    body: str
    encoding: Literal["json"]


class VCon(TypedDict):
    """The part of draft-ietf-vcon-vcon-core-04 that is written here."""

    uuid: str
    created_at: Instant
    subject: str
    parties: list[Party]
    dialog: list[Dialog]
    analysis: list[Analysis]
    attachments: list[Attachment]


class ListedFile(TypedDict):
    bytes: int
    sha256: str
    schema: NotRequired[str]  # the file with its JSON Schema; of a CSV, of its lines as objects of texts: {column: cell}


class Manifest(TypedDict):
    format: str
    made_at: Instant
    person: str
    files: dict[str, ListedFile]
    public_key: str
    signature: str


def schema_of(shape: Any, title: str) -> dict[str, Any]:
    """The JSON Schema of a type that msgspec knows. Nothing but what the type names is allowed in an object."""
    made: dict[str, Any] = _closed(msgspec.json.schema(shape))
    return {"$schema": DIALECT, "title": title, **made}


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    inner = {name: _closed(one) for name, one in part.items()}
    return {"additionalProperties": False, **inner} if "properties" in inner else inner
