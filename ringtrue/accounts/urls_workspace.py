"""Pages of a workspace about its people and keys; the console includes them under `w/<slug>/`."""

from django.urls import URLPattern, path

from ringtrue.accounts import views_support
from ringtrue.accounts import views_workspace as views

urlpatterns: list[URLPattern] = [
    path("members/", views.members, name="members"),
    path("members/invite/", views.invite, name="invite"),
    path("members/leave/", views.leave, name="leave"),
    path("members/<uuid:membership_id>/", views.change_member, name="change_member"),
    path("invitations/<uuid:invitation_id>/end/", views.end_invitation, name="end_invitation"),
    path("support/", views_support.page, name="support"),
    path("support/<uuid:support_ticket_id>/grant/", views_support.grant, name="grant"),
    path("support/<uuid:support_ticket_id>/close/", views_support.close, name="close_ticket"),
    path("support/grants/<uuid:grant_id>/end/", views_support.end_grant, name="end_grant"),
    path("keys/", views.api_keys, name="keys"),
    path("keys/make/", views.make_key, name="make_key"),
    path("keys/<uuid:key_id>/end/", views.end_key, name="end_key"),
]
