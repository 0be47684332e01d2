"""Form fields with their label, hint and error, tied together for people who cannot see the page."""

from __future__ import annotations

from typing import Any

from django import template

from ringtrue.voice.lines.about import Field

register = template.Library()


@register.inclusion_tag("console/parts/field.html", takes_context=True)
def field(context: Any, name: str, label: str, **more: Any) -> dict[str, Any]:
    """An input for `state[name]`. `kind`: text, email, tel, number, time, date, password, textarea or select; `options`: pairs."""
    state, errors = context.get("state") or {}, context.get("errors") or {}
    return _field(name, label, more.pop("value", state.get(name, "")), errors.get(name, ""), more)


@register.inclusion_tag("console/parts/field.html", takes_context=True)
def carrier_field(context: Any, carrier: Any, entry: Field) -> dict[str, Any]:
    """One entry of a carrier's form. Several such forms stand on one page: only the opened one shows what was entered, and why it is
    wrong."""
    state, errors = (context["state"], context["errors"]) if carrier["opened"] else ({}, {})
    more = {
        "kind": "password" if entry.secret else "select" if entry.options else "textarea" if entry.rows else "text",
        "autocomplete": "new-password" if entry.secret else "off",
        "id": f"{carrier['line']}-{entry.name}",
        "hint": entry.hint, "options": entry.options, "lines": entry.rows, "placeholder": entry.placeholder,
        "optional": not entry.required,
    }  # fmt: skip
    error = errors.get(entry.name, "")
    if error:
        more["autofocus"] = "autofocus"  # the form stands far down the page
    return _field(entry.name, entry.label, state.get(entry.name, ""), error, more)


@register.inclusion_tag("console/parts/field.html", takes_context=True)
def row_field(context: Any, group: str, row: Any, name: str, label: str, **more: Any) -> dict[str, Any]:
    """An input of a repeated row, named `<group>-<key>-<name>`."""
    full = f"{group}-{row['key']}-{name}"
    errors = context.get("errors") or {}
    return _field(full, label, row.get(name, ""), errors.get(full, ""), more)


def _field(name: str, label: str, value: Any, error: str, more: dict[str, Any]) -> dict[str, Any]:
    kind = more.pop("kind", "text")
    hint = more.pop("hint", "")
    id = more.pop("id", name)
    described = " ".join(part for part in (f"{id}-hint" if hint else "", f"{id}-error" if error else "") if part)
    return {
        "name": name, "id": id, "label": label, "value": value, "error": error, "kind": kind, "hint": hint, "described": described,
        "options": more.pop("options", ()), "groups": more.pop("groups", ()), "required": more.pop("required", False),
        "optional": more.pop("optional", False),
        "lines": more.pop("lines", 3), "hide_label": more.pop("hide_label", False), "placeholder": more.pop("placeholder", ""),
        "autocomplete": more.pop("autocomplete", "off"), "attributes": {key.replace("_", "-"): v for key, v in more.items()},
    }  # fmt: skip
