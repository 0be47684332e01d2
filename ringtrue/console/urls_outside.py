"""Addresses outside any workspace's console: the public request page, and one's own data."""

from django.urls import URLPattern, path

from ringtrue.console.views import call_us_public, own_data, policies_public, rights_public, trust_public

urlpatterns: list[URLPattern] = [
    path("privacy/<slug:workspace_slug>/", rights_public.ask, name="rights_ask"),
    path("privacy/<slug:workspace_slug>/trust/", trust_public.page, name="trust"),
    path("privacy/<slug:workspace_slug>/request/<str:rights_token>/", rights_public.follow, name="rights_follow"),
    path("privacy/<slug:workspace_slug>/request/<str:rights_token>/fetch/", rights_public.fetch, name="rights_fetch"),
    path("privacy/<slug:workspace_slug>/policy/<slug:kind>/", policies_public.policy, name="policy_public"),
    path("privacy/<slug:workspace_slug>/policy/<slug:kind>/<int:number>/", policies_public.policy, name="policy_public_version"),
    path("call-us/<str:button_key>/", call_us_public.call_us, name="call_us"),
    path("cookies/", policies_public.our_cookies, name="cookies"),
    path("accounts/data/", own_data.page, name="accounts_data"),
    path("accounts/data/export/", own_data.export, name="accounts_data_export"),
]
