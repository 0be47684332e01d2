"""Form fields in the design's own classes, for allauth's forms and ours."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

from ringtrue.accounts.roles import ROLE_WORDS

register = template.Library()


@register.filter
def shown(field: BoundField) -> SafeString:
    """The field's widget with the class that its kind has in the design."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        look = "checkbox"
    elif isinstance(widget, forms.Select):
        look = "select"
    elif isinstance(widget, forms.Textarea):
        look = "textarea"
    else:
        look = "input"
    attrs: dict[str, str | bool] = {"class": look}
    widget.attrs.pop("placeholder", None)  # allauth repeats the label there; a label above is enough and stays readable
    if field.errors:
        attrs["aria-errormessage"] = f"{field.auto_id}_errors"
    return field.as_widget(attrs=attrs)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def role_name(role: str) -> str:
    """ "Quality" for "qa": the short name of a role, as people read it."""
    return ROLE_WORDS[role].partition(":")[0]
