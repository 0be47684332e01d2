from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "ringtrue.contacts"
    label = "contacts"
