"""Form fields with their label, hint and error, tied together for people who cannot see the page."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("console/parts/field.html", takes_context=True)
def field(context: Any, name: str, label: str, **more: Any) -> dict[str, Any]:
    """An input for `state[name]`. `kind`: text, email, tel, number, time, date, password, textarea or select; `options`: pairs."""
    state, errors = context.get("state") or {}, context.get("errors") or {}
    return _field(name, label, more.pop("value", state.get(name, "")), errors.get(name, ""), more)


@register.inclusion_tag("console/parts/field.html", takes_context=True)
def row_field(context: Any, group: str, row: Any, name: str, label: str, **more: Any) -> dict[str, Any]:
    """An input of a repeated row, named `<group>-<key>-<name>`."""
    full = f"{group}-{row['key']}-{name}"
    errors = context.get("errors") or {}
    return _field(full, label, row.get(name, ""), errors.get(full, ""), more)


def _field(name: str, label: str, value: Any, error: str, more: dict[str, Any]) -> dict[str, Any]:
    kind = more.pop("kind", "text")
    hint = more.pop("hint", "")
    described = " ".join(part for part in (f"{name}-hint" if hint else "", f"{name}-error" if error else "") if part)
    return {
        "name": name, "label": label, "value": value, "error": error, "kind": kind, "hint": hint, "described": described,
        "options": more.pop("options", ()), "groups": more.pop("groups", ()), "required": more.pop("required", False),
        "lines": more.pop("lines", 3), "hide_label": more.pop("hide_label", False), "placeholder": more.pop("placeholder", ""),
        "autocomplete": more.pop("autocomplete", "off"), "attributes": {key.replace("_", "-"): v for key, v in more.items()},
    }  # fmt: skip
