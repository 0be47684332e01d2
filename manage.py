#!/usr/bin/env python
"""Django's commands, for developers; people use `ringtrue`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")
    from ringtrue.core import configuring, embedded

    embedded.ensure(os.environ, configuring.CONFIG.data)
    configuring.CONFIG = configuring.read(os.environ)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
