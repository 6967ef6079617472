"""What the golden set comes to, worked out by hand from the definitions.

A line is whom it is credited to, department, day/hour, and what; `-` is nobody or none. A
duration is the same by the wall and by business hours, or the two with | between; `-` is none.
`c2 giá` begins the facts of the second cycle, which that word decided.

start (=out: by us) · queued: first assignment and its wait · given: another one · agent: first
reply after it · routed, wrong: automatically, and moved by a person · lost: it went to another
person · moved · first, reply, handle · done, active, onetouch, missed · reopened, again · met,
broke · in, out (=auto). `=hand` is by a person. `x2` counts two.
"""

FACTS = {
    # --- From a message to the reply -----------------------------------------------------------
    # 8:00 written, 8:01 assigned, 8:06 answered, 8:20 done; it lay with us until 8:06
    "plain": """lan sales 2/08 start, queued 1m, routed, first 6m, reply 6m, agent 5m, handle 5m,
          out, done 20m, active 6m, onetouch
        - sales 2/08 in""",
    # 9:00-9:10 and 9:12-9:15
    "a_word_decided": """c1 giá
        lan sales 2/09 start, queued 0m, routed, first 10m, reply 10m, agent 10m, handle 10m,
          reply 3m, handle 3m, out x2, done 30m, active 13m
        - sales 2/09 in x2""",
    # giá weighs more but speaks for Sales
    "the_heaviest_of_the_department": """c1 bảo hành
        hoa care 2/10 start, queued 2m, routed, first 10m, reply 10m, agent 8m, handle 8m, out,
          done 11m, active 10m, onetouch
        - care 2/10 in""",
    # nothing happened for 50 minutes: 10 of them count as work
    "words_that_did_not_decide": """lan sales 2/11 start, queued 0m, routed, first 50m, reply 50m,
          agent 50m, handle 10m, out, done 59m, active 50m, onetouch
        - sales 2/11 in""",
    # the second reply answers nothing: it has no time, and two are not one
    "two_replies_in_a_row": """lan sales 6/09 start, queued 0m, routed, first 10m, reply 10m,
          agent 10m, handle 10m, reply -, handle 4m, out x2, done 20m, active 10m
        - sales 6/09 in""",
    # 10:00-10:20, whatever came at 10:05 and 10:15; work since 10:15
    "three_messages_before_the_reply": """minh sales 6/10 start, queued 1m, routed, first 20m,
          reply 20m, agent 19m, handle 5m, out, done 30m, active 20m, onetouch
        - sales 6/10 in x3""",
    # notes are no replies and end no wait
    "notes_between": """lan sales 6/11 start, queued 0m, routed, first 30m, reply 30m, agent 30m,
          handle 10m, out, done 40m, active 30m, onetouch
        - sales 6/11 in""",
    "greeted_before": """minh sales 5/08 start, queued 5m, routed, first 30m, reply 30m, agent 25m,
          handle 10m, out, done 40m, active 30m, onetouch
        - sales 5/08 in, out=auto""",
    # begun 11:03 by us: no first response; 11:30-11:40 it lay with us
    "begun_by_us": """lan sales 5/11 start=out, queued=hand 0m, reply -, agent 3m, handle 3m,
          reply 10m, handle 10m, out x2, done 47m, active 10m
        - sales 5/11 in""",
    # no department has it: nothing happened before our message either
    "begun_by_us_for_nothing": """- - 6/08 start=out
        minh - 6/08 reply -, out, done 10m, active 0m, onetouch""",
    # nobody of ours is credited with the reply
    "answered_elsewhere": """minh sales 12/08 start, queued 0m, routed, done 30m, active 15m,
          onetouch
        - sales 12/08 in, first 15m, reply 15m, handle 10m, out""",
    "answered_elsewhere_and_here": """minh sales 12/09 start, queued 0m, routed, agent 30m,
          reply 10m, handle 10m, out, done 40m, active 20m
        - sales 12/09 in x2, first 10m, reply 10m, handle 10m, out""",
    # Mai answers; Minh's own first reply is 20 minutes after the assignment
    "another_one_answers": """minh sales 24/15 start, queued 0m, routed, agent 20m, reply -,
          handle 10m, out, done 30m, active 10m
        mai sales 24/15 first 10m, reply 10m, handle 10m, out
        - sales 24/15 in""",
    "done_by_the_manager": """minh sales 24/14 start, queued 0m, routed, first 10m, reply 10m,
          agent 10m, handle 10m, out
        mai sales 24/14 done 20m, active 10m, onetouch
        - sales 24/14 in""",
    # from 9:50, when it was written
    "told_late": """minh sales 12/09 start
        - sales 12/09 in
        minh sales 12/10 queued 15m, routed, first 25m, reply 25m, agent 10m, handle 10m, out,
          done 30m, active 25m, onetouch""",
    # a day back at most: since 11/11:00. Wed 11-12 and 13-17 = 5 h, Thu 8-11:10 = 3 h 10
    "told_days_late": """- sales 10/08 in
        minh sales 11/11 start
        minh sales 12/11 queued 24h05m|8h05m, routed, first 24h10m|8h10m, reply 24h10m|8h10m,
          agent 5m, handle 5m, out, done 24h20m|8h20m, active 24h10m|8h10m, onetouch""",
    # --- Hours ---------------------------------------------------------------------------------
    # 11:55-12:00 and 13:00-13:05; the last ten minutes before the reply are half lunch
    "over_lunch": """minh sales 2/11 start, queued 0m, routed
        - sales 2/11 in
        minh sales 2/13 first 70m|10m, reply 70m|10m, agent 70m|10m, handle 10m|5m, out,
          done 75m|15m, active 70m|10m, onetouch""",
    # second wait 11:58-13:10: 2 + 10. Begun 11:40, done 13:20: 20 + 20
    "a_lunch_in_between": """minh sales 24/11 start, queued 0m, routed, first 10m, reply 10m,
          agent 10m, handle 10m, out
        - sales 24/11 in x2
        minh sales 24/13 reply 72m|12m, handle 8m, out, done 100m|40m, active 82m|22m
        - sales 24/13 in""",
    # 16:50-17:00 and 8:00-8:10
    "over_night": """minh sales 2/16 start, queued 2m, routed
        - sales 2/16 in
        minh sales 3/08 first 15h20m|20m, reply 15h20m|20m, agent 15h18m|18m, handle 10m, out,
          done 15h40m|40m, active 15h20m|20m, onetouch""",
    # Fri 30 min, Sat 4 h, Mon 15 min; by the wall 7 h 30 + 48 h + 8 h 15
    "over_the_weekend": """minh sales 6/16 start, queued 0m, routed
        - sales 6/16 in
        minh sales 9/08 first 63h45m|4h45m, reply 63h45m|4h45m, agent 63h45m|4h45m, handle 10m, out
        minh sales 9/09 done 64h30m|5h30m, active 63h45m|4h45m, onetouch""",
    # until 12
    "on_saturday": """minh sales 7/11 start, queued 0m, routed
        - sales 7/11 in
        minh sales 7/12 first 40m|30m, reply 40m|30m, agent 40m|30m, handle 10m|0m, out,
          done 50m|30m, active 40m|30m, onetouch""",
    "on_sunday": """minh sales 8/10 start, queued 0m, routed, first 30m|0m, reply 30m|0m,
          agent 30m|0m, handle 10m|0m, out, done 40m|0m, active 30m|0m, onetouch
        - sales 8/10 in""",
    # Fri 13 16-17 1 h, Sat 14 4 h, Sat 21 4 h, Mon 23 30 min = 9 h 30; by the wall 9 days 16 h 30
    "over_tet": """minh sales 13/16 start, queued 30m, routed
        - sales 13/16 in
        minh sales 23/08 first 232h30m|9h30m, reply 232h30m|9h30m, agent 232h|9h, handle 10m, out
        minh sales 23/09 done 233h30m|10h30m, active 232h30m|9h30m, onetouch""",
    # Care opens at 7
    "at_tet_where_it_is_open": """tuan care 17/06 start
        - care 17/06 in
        tuan care 17/07 queued 40m|10m, routed, first 60m|30m, reply 60m|30m, agent 20m, handle 10m,
          out
        tuan care 17/08 done 90m|60m, active 60m|30m, onetouch""",
    "over_midnight": """tuan care 10/23 start
        - care 10/23 in
        tuan care 11/00 queued 15m|0m, routed, first 30m|0m, reply 30m|0m, agent 15m|0m,
          handle 10m|0m, out, done 50m|0m, active 30m|0m, onetouch""",
    # Hoa was there until 1:00, Care was open until 22:00
    "late_at_night": """hoa care 11/21 start, queued 0m, routed
        - care 11/21 in
        hoa care 12/00 first 140m|10m, reply 140m|10m, agent 140m|10m, handle 10m|0m, out,
          done 150m|10m, active 140m|10m, onetouch""",
    # --- Again ---------------------------------------------------------------------------------
    # Mon 13:45-17:00 3 h 15, Tue 8 h, Wed 1 h = 12 h 15
    "again_about_the_same": """c1 giá
        lan sales 2/13 start, queued 0m, routed, first 10m, reply 10m, agent 10m, handle 10m, out,
          done 15m, active 10m, onetouch, again
        - sales 2/13 in
        lan sales 4/09 reopened 43h15m|12h15m
        c2 giá
        lan sales 4/09 start, queued 1m, routed, first 11m, reply 11m, agent 10m, handle 10m, out,
          done 15m, active 11m, onetouch
        - sales 4/09 in""",
    # Tue 9:30-12 and 13-17 6 h 30, Wed 8 h, Thu 2 h = 16 h 30
    "again_about_another_thing": """c1 giá
        minh sales 3/09 start, queued 0m, routed, first 20m, reply 20m, agent 20m, handle 10m, out,
          done 30m, active 20m, onetouch
        - sales 3/09 in
        minh sales 5/10 reopened 48h30m|16h30m
        c2 lỗi
        hoa care 5/10 start, queued 0m, routed, first 30m, reply 30m, agent 30m, handle 10m, out,
          done 40m, active 30m, onetouch
        - care 5/10 in""",
    # neither reopened nor asked again
    "a_second_too_late_for_again": """c1 giá
        lan sales 2/14 start, queued 0m, routed, first 5m, reply 5m, agent 5m, handle 5m, out,
          done 10m, active 5m, onetouch
        - sales 2/14 in
        c2 giá
        lan sales 9/14 start, queued 59s, routed, first 659s, reply 659s, agent 10m, handle 10m,
          out, done 1199s, active 659s, onetouch
        - sales 9/14 in""",
    # Tue 14:20-17 2 h 40, Wed-Fri 24 h, Sat 4 h, Mon 8 h, Tue 8-12 and 13-14:20 5 h 20 = 44 h.
    # No word decided either of them: that is the same.
    "again_on_the_last_second": """lan sales 3/14 start, queued 0m, routed, first 10m, reply 10m,
          agent 10m, handle 10m, out, done 20m, active 10m, onetouch, again
        - sales 3/14 in
        lan sales 10/14 reopened 168h|44h
        c2
        minh sales 10/14 start, queued 0m, routed, first 10m, reply 10m, agent 10m, handle 10m, out,
          done 20m, active 10m, onetouch
        - sales 10/14 in""",
    # the third is about what the first was, two days later. Tue 1 h 50 + 4 h, Wed 2 h 10 = 8 h;
    # Care: Wed 10:30-22 11 h 30, Thu 7-10:30 3 h 30 = 15 h
    "about_the_first_thing_the_third_time": """c1 giá
        lan sales 3/10 start, queued 0m, routed, first 5m, reply 5m, agent 5m, handle 5m, out,
          done 10m, active 5m, onetouch, again
        - sales 3/10 in
        lan sales 4/10 reopened 24h|8h
        c2 lỗi
        hoa care 4/10 start, queued 0m, routed, first 10m, reply 10m, agent 10m, handle 10m, out,
          done 20m, active 10m, onetouch
        - care 4/10 in
        hoa care 5/10 reopened 24h|15h
        c3 giá
        lan sales 5/10 start, queued 0m, routed, first 10m, reply 10m, agent 10m, handle 10m, out,
          done 20m, active 10m, onetouch
        - sales 5/10 in""",
    "missed_and_again": """minh sales 25/08 start, queued 0m, routed, done 10m, active 10m,
          missed 10m, again, reopened 20m
        - sales 25/08 in
        c2
        minh sales 25/08 start, queued 0m, routed, first 10m, reply 10m, agent 10m, handle 10m, out,
          done 20m, active 10m, onetouch
        - sales 25/08 in""",
    # --- From one to another -------------------------------------------------------------------
    # it did not stand in the queue again
    "hand_to_hand": """lan sales 3/11 start, queued 0m, routed, lost=reassigned
        minh sales 3/11 given=hand -, first 15m, reply 15m, agent 10m, handle 10m, out, done 20m,
          active 15m, onetouch
        - sales 3/11 in""",
    "hand_to_hand_across": """lan sales 3/13 start, queued 0m, routed, wrong, lost=reassigned,
          moved=by_person
        hoa care 3/13 given=hand -, first 30m, reply 30m, agent 20m, handle 10m, out, done 40m,
          active 30m, onetouch
        - sales 3/13 in""",
    # in the queue of Care 15:10-15:12
    "moved": """c1 giá
        minh sales 3/15 start, queued 0m, routed, wrong, lost=reassigned, moved=by_person
        tuan care 3/15 given 2m, first 20m, reply 20m, agent 8m, handle 8m, out, done 25m,
          active 20m, onetouch
        - sales 3/15 in""",
    "taken_away": """lan sales 4/08 start, queued 0m, routed, lost=no_reply
        minh sales 4/08 given 5m, first 30m, reply 30m, agent 10m, handle 10m, out, done 45m,
          active 30m, onetouch
        - sales 4/08 in""",
    # no person moved it: the routing was not wrong
    "taken_away_across": """lan sales 4/11 start, queued 0m, routed, lost=checked_out,
          moved=automatic
        tuan care 4/11 given 10m, first 30m, reply 30m, agent 10m, handle 10m, out, done 35m,
          active 30m, onetouch
        - sales 4/11 in""",
    "in_the_queue": """minh sales 4/13 start
        - sales 4/13 in
        minh sales 4/14 queued 90m|90m, routed, first 95m, reply 95m, agent 5m, handle 5m, out,
          done 100m, active 95m, onetouch""",
    "taken_from_the_queue": """minh sales 4/15 start, queued=hand 20m, first 25m, reply 25m,
          agent 5m, handle 5m, out, done 30m, active 25m, onetouch
        - sales 4/15 in""",
    # to the same person: no change of person, 16:10-16:30 in the queue
    "released_and_had_again": """lan sales 4/16 start, queued 0m, routed, given 20m, first 40m,
          reply 40m, agent 10m, handle 10m, out, done 50m, active 40m, onetouch
        - sales 4/16 in""",
    # Minh had it first and last; of the first assignment there is no reply
    "there_and_back_by_hand": """minh sales 23/09 start, queued 0m, routed, wrong, lost=reassigned,
          moved=by_person, given=hand -, first 30m, reply 30m, agent 10m, handle 10m, out, done 40m,
          active 30m, onetouch
        tuan care 23/09 given=hand -, lost=reassigned, moved=by_person
        - sales 23/09 in""",
    "there_and_back_through_queues": """minh sales 23/10 start, queued 0m, routed, wrong,
          lost=reassigned, moved=by_person, given 5m, first 25m, reply 25m, agent 5m, handle 5m,
          out, done 30m, active 25m, onetouch
        tuan care 23/10 given 5m, lost=reassigned, moved=by_person
        - sales 23/10 in""",
    # there 9:50-10:00 and 10:30-10:40
    "on_a_break": """lan sales 10/09 start, queued 0m, routed
        - sales 10/09 in
        lan sales 10/10 first 50m, reply 50m, agent 20m, handle 10m, out, done 55m, active 50m,
          onetouch""",
    "given_while_away": """lan sales 12/13 start, queued=hand 0m, first 30m, reply 30m, agent 0m,
          handle 10m, out, done 40m, active 30m, onetouch
        - sales 12/13 in""",
    # --- Ends ----------------------------------------------------------------------------------
    # a program's text is no reply: the customer waited until Done
    "only_a_program_answered": """minh sales 5/09 start, queued 5m, routed, done 45m, active 45m,
          missed 45m
        - sales 5/09 in, out=auto""",
    "nobodys_and_done": """- - 5/10 start, in
        boss - 5/10 done 20m, active 20m, missed 20m""",
    "nobodys_and_open": "- - 26/09 start, in",
    # done at 9:00; 8:00-8:10 and 8:40-8:45 with us
    "done_taken_back": """lan sales 9/08 start, queued 0m, routed, first 10m, reply 10m, agent 10m,
          handle 10m, reply 5m, handle 5m, out x2
        - sales 9/08 in x2
        lan sales 9/09 done 60m, active 15m""",
    # Tue 1 h, Wed 8 h, Thu 4 h + 3 h 30 = 16 h 30; with us 10 + 20
    "waiting_for_the_customer": """minh sales 3/16 start, queued 0m, routed, first 10m, reply 10m,
          agent 10m, handle 10m, out
        - sales 3/16 in
        minh sales 5/16 reply 20m, handle 10m, out, done 48h30m|16h30m, active 30m
        - sales 5/16 in""",
    # with us 9:00-9:05 and 10:00-10:10
    "put_off_with_a_question_open": """minh sales 9/09 start, queued 0m, routed
        - sales 9/09 in
        minh sales 9/10 first 70m, reply 70m, agent 70m, handle 10m, out, done 80m, active 15m,
          onetouch""",
    # 10:00-10:10 and 11:00-11:05
    "put_off_until_the_customer_wrote": """lan sales 9/10 start, queued 0m, routed, first 10m,
          reply 10m, agent 10m, handle 10m, out
        - sales 9/10 in
        lan sales 9/11 reply 5m, handle 5m, out, done 70m, active 15m
        - sales 9/11 in""",
    # 13:00-13:10, and from 14:00 it is ours to do something: until 14:20
    "put_off_and_back_by_itself": """lan sales 9/13 start, queued 0m, routed, first 10m, reply 10m,
          agent 10m, handle 10m, out
        - sales 9/13 in
        lan sales 9/14 done 80m, active 30m, onetouch""",
    # fetched back the customer still has the turn
    "put_off_and_fetched_back": """lan sales 9/13 start, queued 0m, routed, first 10m, reply 10m,
          agent 10m, handle 10m, out
        - sales 9/13 in
        lan sales 9/14 done 60m, active 10m, onetouch""",
    # put off 15:05-16:30, the second time in the middle of the first; 5 + 10 with us
    "put_off_twice": """minh sales 9/15 start, queued 0m, routed
        - sales 9/15 in
        minh sales 9/16 first 100m, reply 100m, agent 100m, handle 10m, out, done 110m, active 15m,
          onetouch""",
    # put off 8:30 until it was done
    "put_off_and_done": """lan sales 10/08 start, queued 0m, routed
        - sales 10/08 in
        lan sales 10/09 done 60m, active 30m, missed 60m""",
    # --- Deadlines -----------------------------------------------------------------------------
    "kept": """minh sales 10/09 start, queued 0m, routed, first 10m, reply 10m, agent 10m,
          handle 10m, out, met=first_response 10m, met=resolution 30m, done 30m, active 10m,
          onetouch
        - sales 10/09 in""",
    # missed at 10:30
    "broken": """minh sales 10/10 start, queued 0m, routed, broke=first_response 30m, first 50m,
          reply 50m, agent 50m, handle 10m, out
        - sales 10/10 in
        minh sales 10/11 done 60m, active 50m, onetouch""",
    # missed at 16:55 of the 10th. 16:25-17:00 35 min + 5; of the last 10 minutes 5 were open
    "broken_and_noticed_the_next_day": """minh sales 10/16 start, queued 0m, routed,
          broke=first_response 30m
        - sales 10/16 in
        minh sales 11/08 first 15h40m|40m, reply 15h40m|40m, agent 15h40m|40m, handle 10m|5m,
          out, done 15h45m|45m, active 15h40m|40m, onetouch""",
    "still_running": """minh sales 27/16 start, queued 0m, routed
        - sales 27/16 in""",
    "cancelled": """minh sales 11/09 start, queued 0m, routed, done 20m, active 20m, missed 20m
        - sales 11/09 in""",
    # nobody had it then: nobody is credited
    "broken_in_the_queue": """minh sales 11/10 start, queued 45m, routed, first 50m, reply 50m,
          agent 5m, handle 5m, out, done 55m, active 50m, onetouch
        - sales 11/10 in, broke=first_response 30m""",
    # 5 + 10 + 20 with us
    "turn_after_turn": """minh sales 11/13 start, queued 0m, routed, met=first_response 5m,
          first 5m, reply 5m, agent 5m, handle 5m, met=next_response 10m, reply 10m, handle 10m,
          broke=next_response 15m, reply 20m, handle 10m, out x3, done 55m, active 35m
        - sales 11/13 in x3""",
    "broken_by_whom_it_was_handed_to": """minh sales 11/14 start, queued 0m, routed, wrong,
          lost=reassigned, moved=by_person
        - sales 11/14 in
        tuan care 11/14 given=hand -
        tuan care 11/15 broke=resolution 60m, first 70m, reply 70m, agent 60m, handle 10m, out,
          done 90m, active 70m, onetouch""",
    # --- The day before the period -------------------------------------------------------------
    "the_day_before": """minh sales 1/09 start, queued 0m, routed, first 30m|0m, reply 30m|0m,
          agent 30m|0m, handle 10m|0m, out, done 40m|0m, active 30m|0m, onetouch
        - sales 1/09 in""",
}

# Of no conversation: days of work (at 0:00) and requests, by the wall alone.
# Lan: 9th 8-17 without lunch; 10th from 8:12; 11th away; 12th on leave. Minh left at 16:30.
# Taking work: 9th 4 h + 4 h; 10th 8:00-10:00 and 10:30-12:00.
OTHERS = """lan sales 9/00 planned 8h, worked 8h, routable 8h
    lan sales 10/00 planned 8h, worked 468m, late 12m, routable 3h30m
    lan sales 11/00 planned 8h, absent 8h
    lan sales 12/00 planned 8h, leave=P 8h
    minh sales 9/00 planned 8h, worked 450m, early 30m
    hoa care 11/00 routable 4h
    hoa care 12/00 routable 1h
    lan sales 5/09 request=leave 25h
    minh sales 9/08 request=other -
    hoa care 11/21 request=late_early 30m"""
