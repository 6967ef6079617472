"""The golden set: 64 conversations of February 2026, told in the time on the wall of Ho Chi Minh
City.

A story is its channel and what happened, one thing after the other: day, time, what. The day
holds on until another is named.

- `in` the customer wrote; `in @12/10:00` it reached us only then
- `out minh`, `echo` (in the platform's own program, nobody's here), `auto greeting`, `note lan`
- `give lan sales` by itself; `… word giá*2, rẻ*1, lỗi*5@care` words decided: weight and, where it
  is another, department; `… seen giá*2` they were there and did not decide
- `hand minh sales by lan` from hand to hand or from the queue by a lead; `take minh sales`
- `free no_reply` back into the queue; `move care by lan` into the queue of another department
- `done lan`, `undo lan`; `snooze 9/10:00 lan`, `wake` (its time has come), `wake lan`
- `promise first_response sales 10/09:00 met 10/09:10`, or `missed`, `runs`, `off 11/09:20`

The first of February was a Sunday. Sales keeps the hours of the company: Monday to Friday 8-12 and
13-17, Saturday 8-12, closed on holidays: Tết, 16 to 20 February. Care is there every day from 7 to
22.
"""

STORIES = {
    # --- From a message to the reply -----------------------------------------------------------
    "plain": "zalo; 2 08:00 in; 08:01 give lan sales; 08:06 out lan; 08:20 done lan",
    "a_word_decided": """facebook; 2 09:00 in; 09:00 give lan sales word giá*2; 09:10 out lan;
        09:12 in; 09:15 out lan; 09:30 done lan""",
    "the_heaviest_of_the_department": """zalo; 2 10:00 in;
        10:02 give hoa care word lỗi*1, bảo hành*3, giá*3.5@sales; 10:10 out hoa; 10:11 done hoa""",
    "words_that_did_not_decide": """web; 2 11:00 in; 11:00 give lan sales seen giá*2;
        11:50 out lan; 11:59 done lan""",
    "two_replies_in_a_row": """web; 6 09:00 in; 09:00 give lan sales; 09:10 out lan; 09:14 out lan;
        09:20 done lan""",
    "three_messages_before_the_reply": """zalo; 6 10:00 in; 10:01 give minh sales; 10:05 in;
        10:15 in; 10:20 out minh; 10:30 done minh""",
    "notes_between": """facebook; 6 11:00 in; 11:00 give lan sales; 11:10 note lan; 11:28 note minh;
        11:30 out lan; 11:40 done lan""",
    "greeted_before": """zalo; 5 08:00 in; 08:00 auto greeting; 08:05 give minh sales;
        08:30 out minh; 08:40 done minh""",
    "begun_by_us": """zalo; 5 11:00 take lan sales; 11:03 out lan; 11:30 in; 11:40 out lan;
        11:50 done lan""",
    "begun_by_us_for_nothing": "facebook; 6 08:30 out minh; 08:40 done minh",
    "answered_elsewhere": "zalo; 12 08:00 in; 08:00 give minh sales; 08:15 echo; 08:30 done minh",
    "answered_elsewhere_and_here": """facebook; 12 09:00 in; 09:00 give minh sales; 09:10 echo;
        09:20 in; 09:30 out minh; 09:40 done minh""",
    "another_one_answers": """web; 24 15:00 in; 15:00 give minh sales; 15:10 out mai;
        15:20 out minh; 15:30 done minh""",
    "done_by_the_manager": """facebook; 24 14:00 in; 14:00 give minh sales; 14:10 out minh;
        14:20 done mai""",
    "told_late": """web; 12 09:50 in @12/10:00; 10:05 give minh sales; 10:15 out minh;
        10:20 done minh""",
    "told_days_late": """zalo; 10 08:00 in @12/11:00; 12 11:05 give minh sales; 11:10 out minh;
        11:20 done minh""",
    # --- Hours ---------------------------------------------------------------------------------
    "over_lunch": "zalo; 2 11:55 in; 11:55 give minh sales; 13:05 out minh; 13:10 done minh",
    "a_lunch_in_between": """facebook; 24 11:40 in; 11:40 give minh sales; 11:50 out minh; 11:58 in;
        13:02 in; 13:10 out minh; 13:20 done minh""",
    "over_night": "web; 2 16:50 in; 16:52 give minh sales; 3 08:10 out minh; 08:30 done minh",
    "over_the_weekend": """facebook; 6 16:30 in; 16:30 give minh sales; 9 08:15 out minh;
        09:00 done minh""",
    "on_saturday": "zalo; 7 11:30 in; 11:30 give minh sales; 12:10 out minh; 12:20 done minh",
    "on_sunday": "web; 8 10:00 in; 10:00 give minh sales; 10:30 out minh; 10:40 done minh",
    "over_tet": "zalo; 13 16:00 in; 16:30 give minh sales; 23 08:30 out minh; 09:30 done minh",
    "at_tet_where_it_is_open": """web; 17 06:30 in; 07:10 give tuan care; 07:30 out tuan;
        08:00 done tuan""",
    "over_midnight": """facebook; 10 23:50 in; 11 00:05 give tuan care; 00:20 out tuan;
        00:40 done tuan""",
    "late_at_night": "web; 11 21:50 in; 21:50 give hoa care; 12 00:10 out hoa; 00:20 done hoa",
    # --- Again ---------------------------------------------------------------------------------
    "again_about_the_same": """zalo; 2 13:30 in; 13:30 give lan sales word giá*2; 13:40 out lan;
        13:45 done lan; 4 09:00 in; 09:01 give lan sales word giá*2; 09:11 out lan;
        09:15 done lan""",
    "again_about_another_thing": """facebook; 3 09:00 in; 09:00 give minh sales word giá*2;
        09:20 out minh; 09:30 done minh; 5 10:00 in; 10:00 give hoa care word lỗi*1;
        10:30 out hoa; 10:40 done hoa""",
    "a_second_too_late_for_again": """zalo; 2 14:00 in; 14:00 give lan sales word giá*2;
        14:05 out lan; 14:10 done lan; 9 14:10:01 in; 14:11 give lan sales word giá*2;
        14:21 out lan; 14:30 done lan""",
    "again_on_the_last_second": """web; 3 14:00 in; 14:00 give lan sales; 14:10 out lan;
        14:20 done lan; 10 14:20 in; 14:20 give minh sales; 14:30 out minh; 14:40 done minh""",
    "about_the_first_thing_the_third_time": """zalo; 3 10:00 in; 10:00 give lan sales word giá*2;
        10:05 out lan; 10:10 done lan; 4 10:10 in; 10:10 give hoa care word lỗi*1; 10:20 out hoa;
        10:30 done hoa; 5 10:30 in; 10:30 give lan sales word giá*2; 10:40 out lan;
        10:50 done lan""",
    "missed_and_again": """zalo; 25 08:00 in; 08:00 give minh sales; 08:10 done minh; 08:30 in;
        08:30 give minh sales; 08:40 out minh; 08:50 done minh""",
    # --- From one to another -------------------------------------------------------------------
    "hand_to_hand": """facebook; 3 11:00 in; 11:00 give lan sales; 11:05 hand minh sales by lan;
        11:15 out minh; 11:20 done minh""",
    "hand_to_hand_across": """web; 3 13:00 in; 13:00 give lan sales; 13:10 hand hoa care by lan;
        13:30 out hoa; 13:40 done hoa""",
    "moved": """zalo; 3 15:00 in; 15:00 give minh sales word giá*2; 15:10 move care by minh;
        15:12 give tuan care; 15:20 out tuan; 15:25 done tuan""",
    "taken_away": """web; 4 08:00 in; 08:00 give lan sales; 08:15 free no_reply;
        08:20 give minh sales; 08:30 out minh; 08:45 done minh""",
    "taken_away_across": """facebook; 4 11:00 in; 11:00 give lan sales; 11:10 free checked_out;
        11:20 give tuan care; 11:30 out tuan; 11:35 done tuan""",
    "in_the_queue": "zalo; 4 13:00 in; 14:30 give minh sales; 14:35 out minh; 14:40 done minh",
    "taken_from_the_queue": """web; 4 15:00 in; 15:20 take minh sales; 15:25 out minh;
        15:30 done minh""",
    "released_and_had_again": """facebook; 4 16:00 in; 16:00 give lan sales; 16:10 free on_break;
        16:30 give lan sales; 16:40 out lan; 16:50 done lan""",
    "there_and_back_by_hand": """zalo; 23 09:00 in; 09:00 give minh sales;
        09:10 hand tuan care by minh; 09:20 hand minh sales by tuan; 09:30 out minh;
        09:40 done minh""",
    "there_and_back_through_queues": """web; 23 10:00 in; 10:00 give minh sales;
        10:05 move care by minh; 10:10 give tuan care; 10:15 move sales by tuan;
        10:20 give minh sales; 10:25 out minh; 10:30 done minh""",
    "on_a_break": "zalo; 10 09:50 in; 09:50 give lan sales; 10:40 out lan; 10:45 done lan",
    "given_while_away": """facebook; 12 13:00 in; 13:00 hand lan sales by boss; 13:30 out lan;
        13:40 done lan""",
    # --- Ends ----------------------------------------------------------------------------------
    "only_a_program_answered": """web; 5 09:00 in; 09:00 auto greeting; 09:05 give minh sales;
        09:45 done minh""",
    "nobodys_and_done": "facebook; 5 10:00 in; 10:20 done boss",
    "nobodys_and_open": "web; 26 09:00 in",
    "done_taken_back": """web; 9 08:00 in; 08:00 give lan sales; 08:10 out lan; 08:20 done lan;
        08:20:30 undo lan; 08:40 in; 08:45 out lan; 09:00 done lan""",
    "waiting_for_the_customer": """zalo; 3 16:00 in; 16:00 give minh sales; 16:10 out minh;
        5 16:00 in; 16:20 out minh; 16:30 done minh""",
    "put_off_with_a_question_open": """zalo; 9 09:00 in; 09:00 give minh sales;
        09:05 snooze 9/10:00 minh; 10:00 wake; 10:10 out minh; 10:20 done minh""",
    "put_off_until_the_customer_wrote": """facebook; 9 10:00 in; 10:00 give lan sales;
        10:10 out lan; 10:12 snooze 9/15:00 lan; 11:00 in; 11:05 out lan; 11:10 done lan""",
    "put_off_and_back_by_itself": """web; 9 13:00 in; 13:00 give lan sales; 13:10 out lan;
        13:15 snooze 9/14:00 lan; 14:00 wake; 14:20 done lan""",
    "put_off_and_fetched_back": """zalo; 9 13:30 in; 13:30 give lan sales; 13:40 out lan;
        13:45 snooze 9/16:00 lan; 14:00 wake lan; 14:30 done lan""",
    "put_off_twice": """facebook; 9 15:00 in; 15:00 give minh sales; 15:05 snooze 9/16:00 minh;
        15:30 snooze 9/16:30 minh; 16:30 wake; 16:40 out minh; 16:50 done minh""",
    "put_off_and_done": """web; 10 08:00 in; 08:00 give lan sales; 08:30 snooze 11/08:00 lan;
        09:00 done lan""",
    # --- Deadlines -----------------------------------------------------------------------------
    "kept": """facebook; 10 09:00 in; 09:00 give minh sales;
        09:10 promise first_response sales 10/09:00 met 10/09:10; 09:10 out minh;
        09:30 promise resolution sales 10/09:00 met 10/09:30; 09:30 done minh""",
    "broken": """web; 10 10:00 in; 10:00 give minh sales;
        10:30 promise first_response sales 10/10:00 missed 10/10:30; 10:50 out minh;
        11:00 done minh""",
    "broken_and_noticed_the_next_day": """zalo; 10 16:25 in; 16:25 give minh sales;
        11 08:00 promise first_response sales 10/16:25 missed 10/16:55; 08:05 out minh;
        08:10 done minh""",
    "still_running": """facebook; 27 16:00 in; 16:00 give minh sales;
        16:00 promise first_response sales 27/16:00 runs""",
    "cancelled": """web; 11 09:00 in; 09:00 give minh sales;
        09:20 promise first_response sales 11/09:00 off 11/09:20; 09:20 done minh""",
    "broken_in_the_queue": """zalo; 11 10:00 in;
        10:30 promise first_response sales 11/10:00 missed 11/10:30; 10:45 give minh sales;
        10:50 out minh; 10:55 done minh""",
    "turn_after_turn": """facebook; 11 13:00 in; 13:00 give minh sales;
        13:05 promise first_response sales 11/13:00 met 11/13:05; 13:05 out minh; 13:10 in;
        13:20 promise next_response sales 11/13:10 met 11/13:20; 13:20 out minh; 13:30 in;
        13:45 promise next_response sales 11/13:30 missed 11/13:45; 13:50 out minh;
        13:55 done minh""",
    "broken_by_whom_it_was_handed_to": """web; 11 14:00 in; 14:00 give minh sales;
        14:10 hand tuan care by minh; 15:00 promise resolution care 11/14:00 missed 11/15:00;
        15:10 out tuan; 15:30 done tuan""",
    # --- The day before the period -------------------------------------------------------------
    "the_day_before": """facebook; 1 09:00 in; 09:00 give minh sales; 09:30 out minh;
        09:40 done minh""",
}

# When people took work, as far as is known; after the last there is nothing but what it says.
# Of the others nothing is known: they count as there.
PRESENCE = {
    "lan": """9/08:00 taking_work; 9/12:00 on_break; 9/13:00 taking_work; 9/17:00 checked_out;
        10/08:00 taking_work; 10/10:00 on_break; 10/10:20 busy; 10/10:30 taking_work;
        10/12:00 checked_out""",
    "hoa": "11/20:00 taking_work; 12/01:00 checked_out",
}
# Who asked for what, from when to when it was decided.
REQUESTS = (
    ("lan", "leave", "5/09:00", "6/10:00"),
    ("minh", "other", "9/08:30", None),
    ("hoa", "late_early", "11/21:00", "11/21:30"),
)
# Days planned from 8 to 17 with an hour's lunch, and what became of them.
SHIFTS = {"lan": (9, 10, 11, 12), "minh": (9,)}
WORKED = (
    ("lan", 9, "07:58", "17:02"),
    ("lan", 10, "08:12", "17:00"),
    ("minh", 9, "08:00", "16:30"),
)
LEAVE = (("lan", 12),)
