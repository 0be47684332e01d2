from django.urls import path

from ringtrue.hosted.hooks import hook

urlpatterns = [path("<slug:engine>/<uuid:account_id>", hook, name="engine_hook")]
