"""The words for the audit's codes: what was done, to which field, from what to what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, Organisation, User
from accounts.notifications import REQUEST_KINDS

ACTIONS = {
    "auto_reply_changed": _("changed an automatic reply of the channel"),
    "auto_reply_created": _("added an automatic reply to the channel"),
    "auto_reply_deleted": _("removed an automatic reply of the channel"),
    "correction_undone": _("took back a correction of the working time of"),
    "day_agreed": _("agreed to other hours of a day with"),
    "day_agreement_withdrawn": _("took back what was agreed for a day with"),
    "request_approved": _("approved the request of"),
    "request_cancelled": _("cancelled the request of"),
    "request_rejected": _("rejected the request of"),
    "request_sent": _("sent the request of"),
    "swap_agreed": _("agreed to change shifts with"),
    "swap_declined": _("declined to change shifts with"),
    "business_hours_changed": _("changed the business hours of"),
    "business_hours_created": _("added business hours of"),
    "business_hours_deleted": _("removed the business hours of"),
    "calendar_ended": _("ended the calendar address of"),
    "calendar_made": _("made a calendar address for"),
    "calendar_renewed": _("replaced the calendar address of"),
    "capacity_changed": _("changed the capacity of"),
    "channel_changed": _("changed the channel"),
    "channel_created": _("connected the channel"),
    "channel_secret_changed": _("changed the secret of the channel"),
    "conversation_assigned": _("assigned the conversation of"),
    "conversation_handed_back": _("handed back the conversation of"),
    "conversation_handed_over": _("handed over the conversation of"),
    "conversation_moved": _("moved to another department the conversation of"),
    "conversations_given_back": _("put back into the queue what was open with"),
    "department_changed": _("changed the department"),
    "department_created": _("created the department"),
    "deputy_ended": _("ended the deputy of"),
    "deputy_named": _("named a deputy of"),
    "holiday_changed": _("changed the holiday"),
    "holiday_created": _("added the holiday"),
    "holiday_deleted": _("removed the holiday"),
    "keyword_changed": _("changed the keyword"),
    "keyword_created": _("added the keyword"),
    "keyword_deleted": _("removed the keyword"),
    "keywords_imported": _("imported keywords into"),
    "kpi_definition_changed": _("changed the KPI figure"),
    "kpi_definition_created": _("added the KPI figure"),
    "kpi_recorded": _("entered a KPI figure of"),
    "kpi_target_changed": _("changed a target of the KPI figure"),
    "kpi_target_created": _("added a target of the KPI figure"),
    "kpi_target_deleted": _("removed a target of the KPI figure"),
    "leave_balance_adjusted": _("adjusted the account of leave of"),
    "leave_balances_imported": _("imported opening balances of leave"),
    "leave_blackout_changed": _("changed the days without leave"),
    "leave_blackout_created": _("added the days without leave"),
    "leave_blackout_deleted": _("removed the days without leave"),
    "leave_granted": _("granted leave to"),
    "leave_type_changed": _("changed the kind of leave"),
    "leave_type_created": _("added the kind of leave"),
    "leave_withdrawn": _("took back the leave of"),
    "listed_word_changed": _("changed in the word lists"),
    "listed_word_created": _("added to the word lists"),
    "listed_word_deleted": _("removed from the word lists"),
    "office_network_changed": _("changed the network of the office"),
    "office_network_created": _("added the network of the office"),
    "organisation_changed": _("changed the organisation"),
    "password_changed": _("changed the password of"),
    "person_changed": _("changed the account of"),
    "person_created": _("created the account of"),
    "person_registered": _("registration received"),
    "priority_changed": _("changed the priority of the conversation"),
    "presence_set": _("set the presence of"),
    "registration_refused": _("refused the registration of"),
    "roster_rule_changed": _("changed the rule of the roster"),
    "roster_rule_created": _("added the rule of the roster"),
    "rotation_planned": _("planned a rotation in"),
    "routing_policy_changed": _("changed how conversations are given out in"),
    "set_up": _("set up the installation"),
    "sla_policy_changed": _("changed the SLA policy"),
    "sla_policy_created": _("added the SLA policy"),
    "sla_policy_deleted": _("removed the SLA policy"),
    "shift_changed": _("changed the shift"),
    "shift_created": _("added the shift"),
    "shift_moved": _("moved a shift to"),
    "shift_planned": _("planned a shift for"),
    "shift_removed": _("took out a shift of"),
    "skill_changed": _("changed a skill of"),
    "sign_in_failed": _("sign-in failed"),
    "signed_in": _("signed in"),
    "break_corrected": _("corrected a break of"),
    "time_added": _("entered working time of"),
    "time_removed": _("took out entered working time of"),
    "time_corrected": _("corrected the working time of"),
    "time_rules_changed": _("changed the rules of working time from"),
    "time_rules_created": _("added rules of working time from"),
    "timesheet_approved": _("approved the timesheet of"),
    "timesheet_locked": _("locked the timesheet of"),
    "timesheet_unlocked": _("opened again the timesheet of"),
    "week_copied": _("copied the week before in"),
    "week_published": _("published the week of"),
}
TARGETS = {
    "agent": _("agent"),
    "businesscalendar": _("business hours"),
    "slapolicy": _("SLA policy"),
    "cannedreply": _("canned reply"),
    "channel": _("channel"),
    "conversation": _("conversation"),
    "department": _("department"),
    "holiday": _("holiday"),
    "keyword": _("keyword"),
    "kpidefinition": _("KPI figure"),
    "leaveblackout": _("days without leave"),
    "leavetype": _("kind of leave"),
    "listedword": _("listed word"),
    "officenetwork": _("network of the office"),
    "organisation": _("organisation"),
    "shift": pgettext_lazy("work", "shift"),
    "rosterrule": _("rule of the roster"),
    "timerules": _("rules of working time"),
    "user": _("person"),
}
FIELDS = {
    "direction": _("direction"),
    "figure": pgettext_lazy("kpi", "figure"),
    "kpi": _("KPI figure"),
    "target": _("target"),
    "zero_value": _("worth no points at"),
    "breach_action": _("at the deadline"),
    "first_response_in_hours": _("count business hours only (first response)"),
    "first_response_minutes": _("first response within, minutes"),
    "keeps_holidays": _("closed on public holidays"),
    "next_response_in_hours": _("count business hours only (next response)"),
    "next_response_minutes": _("next response within, minutes"),
    "opening_hours": _("opening hours"),
    "other_hours": _("other hours on dates"),
    "resolution_in_hours": _("count business hours only (resolution)"),
    "resolution_minutes": _("resolution within, minutes"),
    "text_en": _("in English"),
    "text_vi": _("in Vietnamese"),
    "trigger": _("occasion"),
    "channel": _("only on the channel"),
    "list": _("list"),
    "meaning": _("also read as"),
    "remark": _("note"),
    "sets_priority": _("sets the priority"),
    "synonyms": _("synonyms"),
    "valid_from": _("counts from"),
    "valid_to": _("counts until"),
    "agreed": _("what is agreed"),
    "answering_percent": _("an answer being written counts, percent of a turn"),
    "is_guarded": _("share a backlog evenly"),
    "level": _("level"),
    "load_percent": _("a conversation takes, percent of a place"),
    "max_hops": _("people it is given to before a lead decides"),
    "method": _("how the person is chosen"),
    "no_reply_minutes": _("taken away when not answered for, minutes"),
    "overflow_department": _("who helps out when everybody is full"),
    "overflow_minutes": _("help after a wait of, minutes"),
    "own_speed_percent": _("own speed counts, percent"),
    "skill": _("skill"),
    "sticky_turns": _(
        "a returning customer goes to the same person with at most so many turns waiting"
    ),
    "tells_wait": _("tell customers how long they wait"),
    "minutes": _("minutes"),
    "person": _("person"),
    "request": _("request number"),
    "added": _("added"),
    "assignee": _("assignee"),
    "break": pgettext_lazy("of work", "break"),
    "capacity": _("capacity"),
    "changed": _("changed"),
    "checked_in": _("checked in at"),
    "checked_out": _("checked out at"),
    "conversations": _("conversations"),
    "accrues_since": _("days are added since"),
    "allows_half_days": _("half days"),
    "carry_over_days": _("carried into the next year, days at most"),
    "carry_over_months": _("carried days expire after, months"),
    "days": _("days"),
    "days_per_year": _("days a year"),
    "default_department": _("default department"),
    "department": _("department"),
    "departments": _("departments"),
    "deputy": _("deputy"),
    "display_name": _("display name"),
    "email": _("e-mail"),
    "employed_since": _("employed since"),
    "file": _("file"),
    "is_active": _("active"),
    "is_counted": _("uses up a balance"),
    "is_paid": _("paid"),
    "is_restricted": _("not on days without leave"),
    "kind": _("kind"),
    "first": _("first day"),
    "language": _("language"),
    "last": _("last day"),
    "leave": _("kind of leave"),
    "overdraft_days": _("below zero, days at most"),
    "part": _("part of the day"),
    "people": _("people"),
    "color": _("colour"),
    "date": _("date"),
    "ends_at": pgettext_lazy("of work", "end"),
    "grace_in_minutes": _("late without a mark, minutes"),
    "grace_out_minutes": _("early without a mark, minutes"),
    "handover_minutes": _("no new work before the end, minutes"),
    "minimum_staff": _("least number of people"),
    "paid_break_minutes": _("paid break, minutes"),
    "published": _("published"),
    "shift": pgettext_lazy("work", "shift"),
    "shifts": pgettext_lazy("work", "shifts"),
    "starts_at": pgettext_lazy("of work", "start"),
    "unpaid_break_minutes": _("unpaid break, minutes"),
    "week": _("week"),
    "month": _("month"),
    "name": _("name"),
    "needs_attachment": _("needs a paper"),
    "network": _("network"),
    "note": _("reason"),
    "off_site_check_in": _("what happens on a check-in outside the office"),
    "presence": _("presence"),
    "priority": _("priority"),
    "reply_url": _("reply address"),
    "role": _("role"),
    "seniority_years": _("one day more for so many years"),
    "sign_in_help": _("help text for sign-in"),
    "symbol": _("symbol"),
    "staff_can_claim": _("staff may take waiting conversations themselves"),
    "time_zone": _("time zone"),
    "weight": _("weight"),
    "word": _("word"),
}
VALUES = {
    "agreed": {
        "overtime": pgettext_lazy("agreed", "overtime"),
        "late": pgettext_lazy("agreed", "coming later"),
        "early": pgettext_lazy("agreed", "leaving earlier"),
    },
    # Routing's and the inbox's own codes too: they stand above, and their words are the same ones.
    "breach_action": {
        "notify": _("tell the assignee and the lead"),
        "raise_priority": _("raise the priority too"),
        "reassign": _("give it to somebody else too"),
    },
    "trigger": {
        "greeting": _("greeting"),
        "out_of_hours": _("outside business hours"),
        "wait": _("waiting time"),
    },
    "department": {"*": _("all departments")},
    "kind": REQUEST_KINDS,
    "leave": {
        "Annual leave": _("Annual leave"),
        "Unpaid leave": _("Unpaid leave"),
        "Sick leave": _("Sick leave"),
        "Maternity leave": _("Maternity leave"),
        "Day off in lieu": _("Day off in lieu"),
        "Business trip": _("Business trip"),
        "Remote work": _("Remote work"),
        "Personal leave with pay": _("Personal leave with pay"),
    },
    "list": {"ignore": _("phrase to ignore"), "abbreviation": _("abbreviation")},
    "sets_priority": {
        "urgent": _("urgent"),
        "high": _("high"),
        "normal": _("normal"),
        "low": _("low"),
    },
    "priority": {
        "urgent": _("urgent"),
        "high": _("high"),
        "normal": _("normal"),
        "low": _("low"),
        "*": _("all priorities"),
    },
    "level": {1: _("basic"), 2: _("good"), 3: _("expert")},
    "method": {
        "balanced_speed": _("balanced speed"),
        "least_open": _("fewest open conversations"),
        "round_robin": _("round robin"),
        "kpi_first": _("highest KPI first"),
        "claim": _("people take it themselves"),
    },
    "part": {
        "whole": pgettext_lazy("leave", "whole days"),
        "first_half": pgettext_lazy("leave", "first half of the day"),
        "second_half": pgettext_lazy("leave", "second half of the day"),
    },
    "role": dict(User.Role.choices),
    "presence": dict(User.Presence.choices),
    "language": dict(User.Language.choices),
    "off_site_check_in": dict(Organisation.OffSite.choices),
}
EMPTY = "-"


def action_words(action: str) -> str:
    """Return what was done; a code without words is shown as it is."""
    return str(ACTIONS.get(action, action))


def target_words(target_type: str) -> str:
    return str(TARGETS.get(target_type, target_type))


def change_words(entry: AuditEntry) -> Iterator[tuple[str, str, str, str]]:
    """Yield (field, from, arrow, to) of each change; a plain fact has neither arrow nor from."""
    for name, value in sorted(entry.changes.items()):
        label = str(FIELDS.get(name, name))
        if isinstance(value, list) and len(value) == 2:
            yield label, _value_words(name, value[0]), " → ", _value_words(name, value[1])
        else:
            yield label, "", "", _value_words(name, value)


def _value_words(name: str, value: object) -> str:
    if value in (None, ""):
        return EMPTY
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        return LISTS.get(name, _joined)(value) or EMPTY
    return str(VALUES.get(name, {}).get(value, value) if isinstance(value, str | int) else value)


def _joined(rows: list) -> str:
    return ", ".join(map(str, rows))


def _week(rows: list[str]) -> str:
    """Tell "0 08:00-12:00", a weekday from Monday on and its hours, day by day."""
    days: dict[str, list[str]] = {}
    for row in rows:
        day, _space, hours = row.partition(" ")
        days.setdefault(day, []).append(hours.replace("-", "–"))
    named = {str(number): name for number, name in WEEKDAYS.items()}
    return "; ".join(f"{named.get(day, day)} {', '.join(hours)}" for day, hours in days.items())


def _dates(rows: list[str]) -> str:
    """Tell "2026-12-24 08:00-11:00"; a date without hours is closed."""
    told = []
    for row in rows:
        on, _space, hours = row.partition(" ")
        day = date_format(date.fromisoformat(on), "d/m/Y")
        told.append(f"{day} {hours.replace('-', '–') or pgettext('of a day', 'closed')}")
    return "; ".join(told)


LISTS = {"opening_hours": _week, "other_hours": _dates}
