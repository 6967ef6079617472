from django.apps import AppConfig


class OmniChatConfig(AppConfig):
    name = "omnichat"
    verbose_name = "OmniChat"
