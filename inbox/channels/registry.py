"""Channel kind -> adapter."""

from inbox.channels import generic
from inbox.channels.base import ChannelAdapter

_ADAPTERS: dict[str, ChannelAdapter] = {"generic": generic.GenericAdapter()}


def adapter_for(kind: str) -> ChannelAdapter:
    return _ADAPTERS[kind]
