from django.urls import path

from ringtrue.reception.hooks import hook

urlpatterns = [path("<slug:line>/<slug:what>", hook, name="line_hook")]
