"""What the demo company's channel says by itself, and which department tells of a wait."""

from __future__ import annotations

from accounts.models import Department, User
from inbox.models import Channel
from inbox.services import create_auto_reply
from omnichat.demo.common import SALES
from routing.services import save_policy

# Occasion, Vietnamese, English, in use. Who tries the demo wants to see their own answer first.
AUTO_REPLIES: tuple[tuple[str, str, str, bool], ...] = (
    (
        "greeting",
        "Dạ Điện máy Sao Mai xin chào mình ạ. Bên em đã nhận tin, mình chờ nhân viên một chút nhé.",
        "Hello from Sao Mai. We have your message, and one of us will reply.",
        False,
    ),
    (
        "out_of_hours",
        "Dạ hiện đã hết giờ làm việc. Bên em đã nhận tin và sẽ trả lời mình khi mở cửa ạ.",
        "We are closed right now. We have your message and will reply when we open.",
        True,
    ),
    (
        "wait",
        "Dạ bên em đang đông khách, mình chờ giúp em khoảng {minutes} phút ạ.",
        "We are busy right now. Please give us about {minutes} min.",
        True,
    ),
)


def write_auto_replies(channel: Channel, actor: User) -> None:
    for trigger, text_vi, text_en, is_active in AUTO_REPLIES:
        create_auto_reply(
            actor=actor,
            channel=channel,
            trigger=trigger,
            text_vi=text_vi,
            text_en=text_en,
            is_active=is_active,
        )
    sales = Department.objects.get(name=SALES)
    save_policy(department=sales, changes={"tells_wait": True}, actor=actor)
