from django.urls import path

from ringtrue.hosted.completing import completions
from ringtrue.hosted.hooks import hook

urlpatterns = [
    path("<slug:engine>/<uuid:account_id>", hook, name="engine_hook"),
    path("<slug:engine>/<uuid:account_id>/chat/completions", completions, name="engine_completions"),
]
