from django.urls import URLPattern, URLResolver, include, path

from ringtrue.accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.profile, name="accounts_profile"),
    path("workspaces/new/", views.new_workspace, name="accounts_new_workspace"),
    path("details/", views.details, name="accounts_details"),
    path("sessions/", views.sessions, name="accounts_sessions"),
    path("sessions/end-others/", views.end_other_sessions, name="accounts_sessions_end_others"),
    path("sessions/<uuid:sign_in_id>/end/", views.end_session, name="accounts_session_end"),
    path("link/<str:token>/", views.sign_in_link, name="accounts_link"),
    path("invitation/<str:token>/", views.invitation, name="accounts_invitation"),
    path("terms/", views.terms, name="accounts_terms"),
    path("policy/", views.policy, name="accounts_policy"),
    path("", include("allauth.urls")),
]
