import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")

from django.core.asgi import get_asgi_application

from ringtrue.core.limiting_bodies import LimitedBodies

application = LimitedBodies(get_asgi_application())
