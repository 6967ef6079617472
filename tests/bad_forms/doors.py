"""Every form of a page: who sends it, and what a person would type."""

from dataclasses import dataclass, field

from tests.factories import PASSWORD


@dataclass(frozen=True)
class Form:
    """One form: who sends it and what a person would type."""

    name: str
    who: str
    data: dict = field(default_factory=dict)
    status: int = 302  # when all is in order


ACCOUNT = {
    "display_name": "Chị Lan",
    "email": "lan@x.example",
    "role": "staff",
    "department": "DEPARTMENT",
}
NEW = {"username": "mai", "language": "vi", "password": "another horse battery"}
SHIFT = {
    "name": "Ca sáng",
    "starts_at": "08:00",
    "ends_at": "17:00",
    "paid_break_minutes": "0",
    "unpaid_break_minutes": "60",
    "grace_in_minutes": "5",
    "grace_out_minutes": "5",
    "handover_minutes": "15",
    "minimum_staff": "2",
    "color": "ok",
    "is_active": "on",
}
KEYWORD = {
    "word": "bảo hành",
    "synonyms": "đổi trả, sửa chữa",
    "department": "DEPARTMENT",
    "weight": "2",
    "is_active": "on",
    "valid_from": "2098-06-03",
    "valid_to": "2098-06-04",
    "channel": "CHANNEL",
    "sets_priority": "1",
    "note": "Sau Tết",
}
LEAVE_REQUEST = {
    "kind": "leave",
    "description": "Việc nhà",
    "leave_type": "LEAVE_TYPE",
    "first": "2098-06-03",
    "last": "2098-06-04",
    "part": "whole",
}
OTHER_REQUESTS = [
    {"kind": "overtime", "starts_at": "2098-06-03T18:00", "ends_at": "2098-06-03T20:00"},
    {"kind": "late_early", "first": "2098-06-03", "side": "late", "minutes": "30"},
    {"kind": "raise", "description": "Lương", "amount": "12.000.000", "amount_before": "1"},
    {"kind": "shift_change", "assignment": "NIGHT", "colleague": "COLLEAGUE"},
]
# Addresses with a `public_id` that is not the conversation's.
IDS = {
    "people:person_decide": "APPLICANT",
    "inbox:canned_edit": "CANNED",
    "inbox:canned_delete": "CANNED",
    "workforce:timesheet_break": "BREAK",
    "workforce:timesheet_correct": "ENTRY",
    "workforce:timesheet_remove": "ENTRY",
    "workforce:leave": "LEAVE",
    "workforce:deputy_end": "DELEGATION",
    "workforce:roster_planned": "PLANNED",
    "workforce:shift_edit": "SHIFT",
    "workforce:request_answer": "SWAP",
    "workforce:request_file": "PAPER",
}
IDS |= dict.fromkeys(
    (
        "workforce:request_cancel",
        "workforce:request_comment",
        "workforce:request_detail",
        "workforce:request_files",
        "workforce:request_review",
    ),
    "REQUEST",
)
IDS |= dict.fromkeys(
    (
        "people:person_activity",
        "people:person_capacity",
        "people:person_detail",
        "people:person_edit",
        "people:person_give_back",
        "people:person_password",
        "people:person_presence",
        "people:person_skill",
        "people:person_skill_remove",
        "workforce:leave_balance_person",
        "workforce:timesheet_add",
        "workforce:timesheet_person",
    ),
    "COLLEAGUE",
)

FORMS = [
    Form("accounts:login", "", {"username": "staff", "password": PASSWORD}),
    Form("accounts:logout", "staff"),
    Form("accounts:preferences", "staff", {"language": "vi", "theme": "dark", "next": "/messages"}),
    Form(
        "accounts:profile",
        "staff",
        {
            "part": "password",
            "current": PASSWORD,
            "new": "another horse battery",
            "repeat": "another horse battery",
        },
    ),
    Form("accounts:profile", "staff", {"part": "name", "display_name": "Chị Lan"}),
    Form("accounts:profile", "staff", {"part": "look", "language": "vi", "theme": "dark"}),
    Form("people:person_new", "admin", ACCOUNT | NEW),
    Form("people:person_decide", "admin", {"decision": "approve", "department": "DEPARTMENT"}),
    Form("people:person_capacity", "manager", {"capacity": "5"}),
    Form("people:person_skill", "manager", {"department": "OTHER_DEPARTMENT", "level": "3"}),
    Form("people:person_skill_remove", "manager", {"department": "OTHER_DEPARTMENT"}),
    Form("people:person_presence", "manager", {"presence": "busy"}),
    Form("people:person_give_back", "manager"),
    Form("people:person_edit", "admin", ACCOUNT),
    Form("people:person_activity", "admin", {"active": "no"}),
    Form("people:person_password", "admin", {"password": "another horse battery"}),
    Form(
        "inbox:conversation_reply",
        "staff",
        {
            "text": "Dạ còn ạ",
            "kind": "reply",
            "seen": "9999999",
            "canned": "1",
            "submission": "6f3a5a3e-0000-4000-8000-000000000001",
        },
    ),
    Form(
        "inbox:conversation_draft",
        "staff",
        {"text": "Dạ", "kind": "note", "submission": "6f3a5a3e-0000-4000-8000-000000000002"},
        status=204,
    ),
    Form("inbox:conversation_typing", "staff", {"typing": "1"}, status=204),
    Form("inbox:canned_insert", "staff", {"text": "Dạ", "kind": "reply", "insert": "CANNED"}),
    Form(
        "inbox:canned_list",
        "manager",
        {
            "shortcut": "gia",
            "title": "Báo giá",
            "text": "Dạ",
            "department": "DEPARTMENT",
            "is_active": "on",
        },
    ),
    Form(
        "inbox:canned_edit",
        "manager",
        {
            "shortcut": "gia",
            "title": "Báo giá",
            "text": "Dạ",
            "department": "DEPARTMENT",
            "is_active": "on",
        },
    ),
    Form("inbox:canned_delete", "manager"),
    Form("inbox:conversation_resolve", "staff"),
    Form("inbox:conversation_undo_resolve", "staff"),
    Form("inbox:conversation_unread", "staff"),
    Form("inbox:conversation_snooze", "staff", {"choice": "at", "until": "SOON"}),
    Form("inbox:conversation_wake", "staff"),
    Form("routing:conversation_priority", "staff", {"priority": "1"}),
    Form("accounts:notifications_read", "staff", {"next": "/messages"}),
    Form("inbox:reply_retry", "staff"),
    Form("inbox:contact", "staff", {"name": "Chị Mai", "note": "Gọi trước khi giao"}),
    Form(
        "workforce:presence",
        "staff",
        {"choice": "break", "reason": "meal", "minutes": "30", "next": "/messages"},
    ),
    Form(
        "workforce:roster_assign",
        "manager",
        {"user": "COLLEAGUE", "shift": "SHIFT", "date": "2026-11-24"},
    ),
    Form("workforce:calendar_feed", "staff", {"choice": "renew"}),
    Form(
        "workforce:leave_new",
        "manager",
        {"user": "COLLEAGUE", "type": "LEAVE_TYPE", "first": "2026-11-24", "last": "2026-11-25"}
        | {"part": "whole", "note": "Đám cưới"},
    ),
    Form("workforce:leave", "manager"),
    Form(
        "workforce:leave_balance_person",
        "admin",
        {"type": "LEAVE_TYPE", "days": "1,5", "on": "2026-11-20", "note": "đi công tác ngày nghỉ"},
    ),
    Form("workforce:leave_balance_import", "admin", {"text": "staff;P;7,5;2021-03-31"}, 200),
    Form(
        "workforce:deputy_list",
        "manager",
        {"deputy": "ADMIN", "first": "2098-06-02", "last": "2098-06-03"},
    ),
    Form("workforce:deputy_end", "manager"),
    Form("workforce:roster_planned", "manager"),
    Form("workforce:roster_copy", "manager", {"week": "2026-11-23", "department": "DEPARTMENT"}),
    Form("workforce:roster_publish", "manager", {"week": "2026-11-23", "department": "DEPARTMENT"}),
    Form(
        "workforce:roster_rotation",
        "manager",
        {
            "department": "DEPARTMENT",
            "length": "7",
            "day_0": "SHIFT",
            "people": "COLLEAGUE",
            "first": "2026-11-23",
            "weeks": "2",
            "step_days": "1",
        },
        200,
    ),
    Form("workforce:shift_new", "manager", SHIFT | {"department": "DEPARTMENT"}),
    Form("workforce:shift_edit", "manager", SHIFT),
    Form(
        "workforce:timesheet_break",
        "manager",
        {"began": "2021-03-01T11:00", "ended": "2021-03-01T11:30", "note": "quên bấm về"},
    ),
    Form(
        "workforce:timesheet_add",
        "manager",
        {"began": "2021-03-02T08:00", "ended": "2021-03-02T17:00", "note": "máy hỏng"},
    ),
    Form("workforce:timesheet_remove", "manager"),
    Form(
        "workforce:timesheet_correct",
        "manager",
        {"began": "2021-03-01T08:00", "ended": "2021-03-01T17:00", "note": "Quên bấm ra"},
    ),
    Form("workforce:timesheet_approve", "manager", {"month": "2021-02", "person": "COLLEAGUE"}),
    Form("workforce:timesheet_lock", "manager", {"month": "2021-03", "person": "COLLEAGUE"}),
    Form("workforce:timesheet_unlock", "admin", {"month": "2021-04", "person": "COLLEAGUE"}),
    *(Form(f"workforce:request_{name}", "staff", LEAVE_REQUEST) for name in ("list", "new")),
    *(Form("workforce:request_new", "staff", data) for data in OTHER_REQUESTS),
    Form(
        "workforce:request_review",
        "manager",
        {"decision": "approve", "note": "Được", "first": "2098-06-03", "last": "2098-06-03"}
        | {"leave_type": "LEAVE_TYPE", "part": "whole", "amount_granted": "5"},
    ),
    Form("workforce:request_cancel", "staff"),
    Form("workforce:request_answer", "colleague", {"answer": "yes", "note": "Được"}),
    Form("workforce:request_comment", "staff", {"text": "Chị ơi"}),
    Form("workforce:request_files", "staff"),
    Form(
        "reporting:kpi_dispute",
        "staff",
        {"period": "2021-04", "figure": "manual:csat", "note": "Em đúng giờ"},
    ),
    Form("routing:conversation_assign", "manager", {"assignee": "COLLEAGUE", "note": "Gấp"}),
    Form("routing:conversation_assign", "manager", {"to_department": "OTHER_DEPARTMENT"}),
    Form("routing:conversation_hand_back", "staff", {"note": "Không rành máy này"}),
    Form("routing:shift_handover", "staff", {"do": "stay"}),
    Form(
        "routing:shift_handover",
        "staff",
        {"do": "handover", "TO": "queue", "NOTE": "Khách gấp"},
    ),
    Form("routing:conversation_take", "manager"),
    Form("routing:conversation_take", "manager", {"next": "queue"}),
    Form("routing:keyword_list", "manager", KEYWORD),
    Form("routing:keyword_edit", "manager", KEYWORD),
    Form("routing:keyword_conflicts", "manager", {"off": "KEYWORD"}),
    Form("routing:keyword_delete", "manager"),
    Form("routing:keyword_switch", "manager", {"state": "off"}),
    Form(
        "routing:keyword_try", "manager", {"text": "Còn bảo hành không", "channel": "CHANNEL"}, 200
    ),
    Form("routing:keyword_import", "manager", {"text": "word,department\nbảo hành,Sales"}),
    Form("routing:keyword_import_check", "manager"),
]
UPLOADS = {"workforce:request_new", "workforce:request_files"}
# Where to go next, a box that is ticked by whatever it holds, and what is yes or else no.
FREE_FIELDS = {"next", "typing", "is_active", "active", "answer"}
