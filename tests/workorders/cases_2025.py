"""Cases of legal time in 2025, each worked out by hand from the official list of that year.

Off: 1 January; 28 January to 4 February; 4 to 6 April; 1 to 5 May; 31 May to 2 June; 1 to 8
October. Worked: Sundays 26 January, 27 April and 28 September; Saturdays 8 February and 11
October. A working day is 3 h in the morning (9-12) and 4 h in the afternoon (14-18).
"""

# Start, limit, pauses without their year, due instant.
CASES_2025 = [
    # New Year's Day is a Wednesday: Tuesday 2 h, Thursday 5 h (9-12, 14-16).
    ("2024-12-31 16:00", "7 working hours", "", "2025-01-02 16:00"),
    ("2025-01-01 09:00", "1 working day", "", "2025-01-02 18:00"),
    ("2025-01-01 09:00", "1 natural day", "", "2025-01-02 09:00"),
    ("2025-01-01 00:00", "1 minute", "", "2025-01-01 00:01"),
    # 60 working days from an opening end with the 60th: 2 by 3 January, 17 by the 24th, 19 with
    # the 26th and 27th, 23 by 8 February, 28, 33, 38 by the 28th, 43, 48, 53, 58 by 28 March,
    # then Monday the 31st and Tuesday 1 April.
    ("2025-01-02 09:00", "60 working days", "", "2025-04-01 18:00"),
    # 60 × 24 h: 30 of January's days are left, 28 are February's, 2 are March's.
    ("2025-01-01 10:00", "60 natural days", "", "2025-03-02 10:00"),
    # Spring Festival. Friday 2 h; Saturday off; Sunday the 26th is worked: 3 h and 14-16.
    ("2025-01-24 16:00", "1 working day", "", "2025-01-26 16:00"),
    ("2025-01-24 16:00", "2 working days", "", "2025-01-27 16:00"),
    ("2025-01-24 16:00", "3 working days", "", "2025-02-05 16:00"),
    # 26, 27 January, 5, 6, 7 February, Saturday the 8th.
    ("2025-01-24 16:00", "6 working days", "", "2025-02-08 16:00"),
    ("2025-01-24 16:00", "7 working days", "", "2025-02-10 16:00"),
    ("2025-01-24 16:00", "10 working days", "", "2025-02-13 16:00"),
    ("2025-01-25 09:00", "4 working hours", "", "2025-01-26 15:00"),
    ("2025-01-27 17:45", "30 working minutes", "", "2025-02-05 09:15"),
    ("2025-01-27 18:00", "30 working minutes", "", "2025-02-05 09:30"),
    ("2025-01-30 10:00", "1 working day", "", "2025-02-05 18:00"),
    ("2025-01-30 10:00", "30 working minutes", "", "2025-02-05 09:30"),
    ("2025-01-30 10:00", "15 minutes", "", "2025-01-30 10:15"),
    ("2025-02-04 23:59", "1 working hour", "", "2025-02-05 10:00"),
    ("2025-02-07 17:00", "2 working hours", "", "2025-02-08 10:00"),
    ("2025-02-08 17:00", "2 working hours", "", "2025-02-10 10:00"),
    ("2025-02-08 17:00", "8 working hours", "", "2025-02-10 18:00"),
    ("2025-01-27 16:00", "15 natural days", "", "2025-02-11 16:00"),
    ("2025-01-27 16:00", "15 natural days to end of day", "", "2025-02-11 24:00"),
    ("2025-01-27 16:00", "1 working day to end of day", "", "2025-02-05 18:00"),
    # The days that count after the 27th: 5, 6, 7, 8 February.
    ("2025-01-27 16:00", "4 working days to end of day", "", "2025-02-08 18:00"),
    ("2025-01-25 16:00", "2 working days to end of day", "", "2025-01-27 18:00"),
    # February has 28 days: 18 of them are left after the 10th, 12 are March's.
    ("2025-02-10 09:00", "30 natural days to end of day", "", "2025-03-12 24:00"),
    ("2025-02-28 23:30", "45 minutes", "", "2025-03-01 00:15"),
    ("2025-02-28 23:30", "36 hours", "", "2025-03-02 11:30"),
    # A plain week in March, from each quarter of the day.
    ("2025-03-03 08:00", "2 working hours", "", "2025-03-03 11:00"),
    ("2025-03-03 10:30", "2 working hours", "", "2025-03-03 14:30"),
    ("2025-03-03 13:00", "4 working hours", "", "2025-03-03 18:00"),
    ("2025-03-03 17:00", "4 working hours", "", "2025-03-04 12:00"),
    # 1 h is left on Monday, 3 h pass on Tuesday morning, the fifth begins at 14:00.
    ("2025-03-03 17:00", "5 working hours", "", "2025-03-04 15:00"),
    ("2025-03-03 20:00", "420 working minutes", "", "2025-03-04 18:00"),
    ("2025-03-03 20:00", "421 working minutes", "", "2025-03-05 09:01"),
    ("2025-03-07 17:59", "2 working minutes", "", "2025-03-10 09:01"),
    ("2025-03-07 17:59", "2 minutes", "", "2025-03-07 18:01"),
    # Qingming: Friday to Sunday off, nothing made up.
    ("2025-04-03 16:00", "1 working day", "", "2025-04-07 16:00"),
    ("2025-04-03 16:00", "3 natural days", "", "2025-04-06 16:00"),
    ("2025-04-04 08:00", "10 working days", "", "2025-04-18 18:00"),
    # Labour Day. Friday 25 April 1 h; Saturday off; Sunday the 27th is worked.
    ("2025-04-25 17:00", "1 working day", "", "2025-04-27 17:00"),
    # 27, 28, 29, 30 April, 6 May.
    ("2025-04-25 17:00", "5 working days", "", "2025-05-06 17:00"),
    ("2025-04-30 14:00", "4 working hours", "", "2025-04-30 18:00"),
    ("2025-04-30 14:00", "4 working hours", "04-30 15:00/04-30 15:01", "2025-05-06 09:01"),
    ("2025-04-30 14:00", "2 working days to end of day", "", "2025-05-07 18:00"),
    # The pause covers 2 h on 30 April, nothing for five days, 1 h on 6 May: 1 h is used before
    # it (15-16), 6 h are left from 10:00: 10-12 and 14-18.
    ("2025-04-30 15:00", "1 working day", "04-30 16:00/05-06 10:00", "2025-05-06 18:00"),
    # Round the clock the same pause is 138 h long: 24 + 138 h after the start.
    ("2025-04-30 15:00", "24 hours", "04-30 16:00/05-06 10:00", "2025-05-07 09:00"),
    # Dragon Boat Festival: Saturday to Monday.
    ("2025-05-30 18:00", "1 working hour", "", "2025-06-03 10:00"),
    ("2025-05-30 17:30", "1 working hour", "06-01 09:00/06-02 18:00", "2025-06-03 09:30"),
    ("2025-05-30 12:00", "3 natural days to end of day", "", "2025-06-02 24:00"),
    # Autumn. Sunday 28 September is worked, then 29, 30, and 9, 10, 11 October.
    ("2025-09-26 17:00", "1 working day", "", "2025-09-28 17:00"),
    ("2025-09-26 17:00", "4 working days", "", "2025-10-09 17:00"),
    ("2025-09-26 17:00", "6 working days", "", "2025-10-11 17:00"),
    ("2025-09-26 17:00", "7 working days", "", "2025-10-13 17:00"),
    # Three pauses: Sunday 9-12; the holiday with 1 h before and 1 h behind it; the afternoon of
    # Saturday the 11th, a worked one. Of 14 h Sunday gives 4, Monday 7, Tuesday morning 3: the
    # limit is used up before the second pause begins.
    (
        "2025-09-28 09:00",
        "2 working days",
        "09-28 09:00/09-28 12:00, 09-30 17:00/10-09 10:00, 10-11 14:00/10-11 18:00",
        "2025-09-30 12:00",
    ),
    # Of 21 h: Sunday 4, Monday 11, Tuesday 17 by 17:00, Thursday 9 October 10-12 and 14-16.
    (
        "2025-09-28 09:00",
        "3 working days",
        "09-28 09:00/09-28 12:00, 09-30 17:00/10-09 10:00, 10-11 14:00/10-11 18:00",
        "2025-10-09 16:00",
    ),
    # Of 35 h: Thursday 17 + 6 = 23, Friday 30, Saturday morning 33, Monday 9-11.
    (
        "2025-09-28 09:00",
        "5 working days",
        "09-28 09:00/09-28 12:00, 09-30 17:00/10-09 10:00, 10-11 14:00/10-11 18:00",
        "2025-10-13 11:00",
    ),
    ("2025-10-05 03:00", "2 hours", "", "2025-10-05 05:00"),
    ("2025-10-05 03:00", "3 working days to end of day", "", "2025-10-11 18:00"),
    # Over the year: 31 December is a Wednesday, Sunday 4 January 2026 is worked.
    ("2025-12-31 16:00", "1 working day", "", "2026-01-04 16:00"),
    ("2025-12-31 16:00", "2 working days", "", "2026-01-05 16:00"),
    ("2025-12-31 23:59", "1 natural day to end of day", "", "2026-01-01 24:00"),
    # 16 days are left in December after the 15th, 31 in January, 13 in February.
    ("2025-12-15 10:00", "60 natural days to end of day", "", "2026-02-13 24:00"),
]
