"""Cases of legal time in 2026, each worked out by hand from the official list of that year.

Off: 1 to 3 January; 15 to 23 February; 4 to 6 April; 1 to 5 May; 19 to 21 June; 25 to 27
September; 1 to 7 October. Worked: Sundays 4 January and 20 September; Saturdays 14 and 28
February, 9 May and 10 October. A working day is 3 h in the morning (9-12) and 4 h in the
afternoon (14-18).
"""

# Start, limit, pauses without their year, due instant.
CASES_2026 = [
    # Working days across the autumn holiday of 2026 (1 to 7 October; work on Saturday the 10th).
    ("2026-09-30 16:00", "1 working day", "", "2026-10-08 16:00"),
    ("2026-09-30 16:00", "2 working days", "", "2026-10-09 16:00"),
    ("2026-09-30 16:00", "3 working days", "", "2026-10-10 16:00"),
    ("2026-09-30 16:00", "4 working days", "", "2026-10-12 16:00"),
    ("2026-09-30 16:00", "15 working days", "", "2026-10-27 16:00"),
    ("2026-09-30 16:00", "60 working days", "", "2026-12-29 16:00"),
    # Sunday 20 September is a working day, Friday 25 September is not.
    ("2026-09-18 17:00", "1 working day", "", "2026-09-20 17:00"),
    ("2026-09-24 17:00", "1 working day", "", "2026-09-28 17:00"),
    # Make-up days on both sides of the Spring Festival.
    ("2026-02-13 10:00", "2 working days", "", "2026-02-24 10:00"),
    ("2026-02-27 10:00", "1 working day", "", "2026-02-28 10:00"),
    ("2026-02-27 10:00", "2 working days", "", "2026-03-02 10:00"),
    # Starts on the edges of working time: a limit that ends with a span ends at its end.
    ("2026-11-02 09:00", "1 working day", "", "2026-11-02 18:00"),
    ("2026-11-02 08:59", "1 working day", "", "2026-11-02 18:00"),
    ("2026-11-02 12:00", "1 working day", "", "2026-11-03 12:00"),
    ("2026-11-02 14:00", "1 working day", "", "2026-11-03 12:00"),
    ("2026-11-02 18:00", "1 working day", "", "2026-11-03 18:00"),
    ("2026-11-02 09:00", "3 working hours", "", "2026-11-02 12:00"),
    ("2026-11-02 12:00", "4 working hours", "", "2026-11-02 18:00"),
    ("2026-11-02 14:00", "30 working minutes", "", "2026-11-02 14:30"),
    ("2026-11-02 12:00", "30 working minutes", "", "2026-11-02 14:30"),
    ("2026-11-02 11:45", "30 working minutes", "", "2026-11-02 14:15"),
    ("2026-11-02 17:59", "30 working minutes", "", "2026-11-03 09:29"),
    ("2026-11-02 18:00", "30 working minutes", "", "2026-11-03 09:30"),
    # Starts outside working time.
    ("2026-11-02 02:00", "2 working hours", "", "2026-11-02 11:00"),
    ("2026-11-06 23:00", "2 working hours", "", "2026-11-09 11:00"),
    ("2026-11-07 10:00", "1 working day", "", "2026-11-09 18:00"),
    ("2026-10-03 10:00", "30 working minutes", "", "2026-10-08 09:30"),
    ("2026-10-10 17:30", "1 working hour", "", "2026-10-12 09:30"),
    # Round the clock.
    ("2026-09-30 23:50", "15 minutes", "", "2026-10-01 00:05"),
    ("2026-10-03 22:30", "2 hours", "", "2026-10-04 00:30"),
    ("2026-09-30 16:00", "10000 minutes", "", "2026-10-07 14:40"),
    ("2026-09-30 16:00", "10000 working minutes", "", "2026-11-09 14:40"),
    ("2026-09-30 16:00", "3 natural days", "", "2026-10-03 16:00"),
    ("2026-02-27 16:00", "60 natural days", "", "2026-04-28 16:00"),
    # To the end of the day: the day of the start does not count, whatever its hour.
    ("2026-09-30 16:00", "1 natural day to end of day", "", "2026-10-01 24:00"),
    ("2026-09-30 00:00", "1 natural day to end of day", "", "2026-10-01 24:00"),
    ("2026-09-30 23:59", "60 natural days to end of day", "", "2026-11-29 24:00"),
    ("2026-09-30 16:00", "1 working day to end of day", "", "2026-10-08 18:00"),
    ("2026-09-30 00:00", "1 working day to end of day", "", "2026-10-08 18:00"),
    ("2026-09-30 22:00", "3 working days to end of day", "", "2026-10-10 18:00"),
    ("2026-10-03 10:00", "1 working day to end of day", "", "2026-10-08 18:00"),
    # Pauses.
    ("2026-11-02 09:00", "1 working day", "11-02 10:00/11-02 11:00", "2026-11-03 10:00"),
    ("2026-11-02 09:00", "1 working day", "11-02 11:00/11-02 15:00", "2026-11-03 11:00"),
    # A weekend pause costs nothing, although 63 hours pass on the wall.
    ("2026-11-06 09:00", "2 working days", "11-06 18:00/11-09 09:00", "2026-11-09 18:00"),
    # A pause over the holiday costs the one working hour that it covers on each side.
    ("2026-09-30 16:00", "1 working day", "09-30 17:00/10-08 10:00", "2026-10-08 18:00"),
    # Overlapping pauses count once, in whatever order they are given.
    (
        "2026-11-02 09:00",
        "2 working hours",
        "11-02 10:30/11-02 11:30, 11-02 10:00/11-02 11:00",
        "2026-11-02 14:30",
    ),
    # A pause that begins before the start counts from the start.
    ("2026-11-02 09:00", "2 working hours", "11-01 10:00/11-02 10:00", "2026-11-02 12:00"),
    # A pause that begins when the limit is used up comes too late.
    ("2026-11-02 09:00", "2 working hours", "11-02 11:00/11-02 17:00", "2026-11-02 11:00"),
    # A second pause counts when the first moves the due instant past its beginning.
    (
        "2026-11-02 09:00",
        "2 working hours",
        "11-02 10:00/11-02 11:00, 11-02 11:30/11-02 12:00",
        "2026-11-02 14:30",
    ),
    ("2026-11-02 23:00", "2 hours", "11-02 23:30/11-03 08:30", "2026-11-03 10:00"),
    # To the end of the day, pauses add whole days.
    (
        "2026-11-02 09:00",
        "3 natural days to end of day",
        "11-04 10:00/11-04 11:00",
        "2026-11-06 24:00",
    ),
    (
        "2026-11-02 09:00",
        "3 natural days to end of day",
        "11-03 10:00/11-03 22:00, 11-04 10:00/11-04 22:00",
        "2026-11-06 24:00",
    ),
    (
        "2026-11-02 09:00",
        "3 working days to end of day",
        "11-04 10:00/11-04 11:00",
        "2026-11-06 18:00",
    ),
    (
        "2026-11-02 09:00",
        "3 natural days to end of day",
        "11-02 10:00/11-02 20:00",
        "2026-11-05 24:00",
    ),
    # A second pause fits into the day that the first one has won.
    (
        "2026-11-02 09:00",
        "1 natural day to end of day",
        "11-03 10:00/11-03 12:00, 11-04 20:00/11-04 24:00",
        "2026-11-04 24:00",
    ),
    # A long one that begins in that day wins another.
    (
        "2026-11-02 09:00",
        "1 natural day to end of day",
        "11-03 10:00/11-03 12:00, 11-04 20:00/11-05 20:00",
        "2026-11-05 24:00",
    ),
    # New Year: Thursday to Saturday off, Sunday the 4th is worked.
    ("2026-01-01 00:00", "1 working minute", "", "2026-01-04 09:01"),
    ("2026-01-03 18:00", "8 working hours", "", "2026-01-05 10:00"),
    ("2026-01-04 17:00", "1 working day", "", "2026-01-05 17:00"),
    # Spring Festival. Saturday the 14th is worked, nine days are off, Saturday the 28th is worked:
    # the 14th, then 24, 25, 26, 27, 28 February, and 2 March is the seventh.
    ("2026-02-13 17:30", "1 working day", "", "2026-02-14 17:30"),
    ("2026-02-13 17:30", "6 working days", "", "2026-02-28 17:30"),
    ("2026-02-13 17:30", "7 working days", "", "2026-03-02 17:30"),
    ("2026-02-14 17:30", "60 working minutes", "", "2026-02-24 09:30"),
    ("2026-02-14 17:30", "60 minutes", "", "2026-02-14 18:30"),
    ("2026-02-16 20:00", "24 hours", "", "2026-02-17 20:00"),
    ("2026-02-14 11:00", "10 natural days", "", "2026-02-24 11:00"),
    ("2026-02-14 11:00", "1 working day to end of day", "", "2026-02-24 18:00"),
    ("2026-02-13 11:00", "1 working day to end of day", "", "2026-02-14 18:00"),
    # The days that count: 14, 24, 25, 26, 27, 28 February, 2 to 6 March, 9 to 12 March.
    ("2026-02-13 11:00", "15 working days to end of day", "", "2026-03-12 18:00"),
    # The same with a pause of 3 h (26th, 9-12) and one of 4 h (5 March, 14-18): one whole day.
    (
        "2026-02-13 11:00",
        "15 working days to end of day",
        "02-26 09:00/02-26 12:00, 03-05 14:00/03-05 18:00",
        "2026-03-13 18:00",
    ),
    # One minute more makes two days.
    (
        "2026-02-13 11:00",
        "15 working days to end of day",
        "02-26 09:00/02-26 12:00, 03-05 14:00/03-05 18:00, 03-09 10:00/03-09 10:01",
        "2026-03-16 18:00",
    ),
    # A pause over the whole festival costs the last hour before it and the first behind it: of
    # 7 h Saturday gives 2 (15-17), Tuesday the 24th gives 5 (10-12, 14-17).
    ("2026-02-14 15:00", "1 working day", "02-14 17:00/02-24 10:00", "2026-02-24 17:00"),
    # A pause inside the festival costs nothing, however long it is.
    ("2026-02-14 15:00", "1 working day", "02-15 00:00/02-23 24:00", "2026-02-24 15:00"),
    # In natural days it costs its 9 × 24 h.
    ("2026-02-14 15:00", "1 natural day", "02-15 00:00/02-23 24:00", "2026-02-24 15:00"),
    # Two of the pauses overlap, one lies in lunch: 10:30-11:30 costs 1 h, 12:30-13:30 nothing.
    (
        "2026-03-03 09:00",
        "6 working hours",
        "03-03 10:30/03-03 11:00, 03-03 10:45/03-03 11:30, 03-03 12:30/03-03 13:30",
        "2026-03-03 18:00",
    ),
    # A pause from lunch to lunch covers one whole working day: 14-18 and 9-12.
    ("2026-03-03 11:00", "1 working day", "03-03 13:00/03-04 13:00", "2026-03-05 11:00"),
    # Pauses that touch are one pause: 10:00-16:00 covers 2 h and 2 h.
    (
        "2026-03-03 09:00",
        "2 working hours",
        "03-03 10:00/03-03 12:00, 03-03 12:00/03-03 16:00",
        "2026-03-03 17:00",
    ),
    # A pause of no length, and one that ends before the start.
    ("2026-03-03 09:00", "2 working hours", "03-03 10:00/03-03 10:00", "2026-03-03 11:00"),
    ("2026-03-03 09:00", "2 working hours", "03-02 10:00/03-02 16:00", "2026-03-03 11:00"),
    # Suspended for all of March from the 4th: 7 h on the 3rd, then 1 to 3 April give 21 h,
    # Tuesday the 7th 7 h.
    ("2026-03-03 09:00", "5 working days", "03-03 18:00/03-31 18:00", "2026-04-07 18:00"),
    # Twice suspended: 7 + 7 h by the 4th; 9 to 13 March are covered, so 5 and 6 give 14 more;
    # Monday the 16th 7 h make 35.
    ("2026-03-03 09:00", "5 working days", "03-09 00:00/03-15 24:00", "2026-03-16 18:00"),
    # Qingming takes Monday the 6th, Labour Day a Friday, Monday and Tuesday.
    ("2026-04-03 10:00", "1 working day", "", "2026-04-07 10:00"),
    ("2026-04-03 14:00", "1 working day to end of day", "", "2026-04-07 18:00"),
    ("2026-04-30 10:00", "1 working day", "", "2026-05-06 10:00"),
    # 6, 7, 8 May and Saturday the 9th, which is worked.
    ("2026-04-30 10:00", "4 working days", "", "2026-05-09 10:00"),
    ("2026-04-30 10:00", "5 working days", "", "2026-05-11 10:00"),
    ("2026-05-09 16:30", "2 working hours", "", "2026-05-11 09:30"),
    ("2026-05-09 16:30", "2 hours", "", "2026-05-09 18:30"),
    ("2026-05-10 16:30", "2 working hours", "", "2026-05-11 11:00"),
    # Dragon Boat Festival: Friday to Sunday off.
    ("2026-06-18 16:00", "1 working day", "", "2026-06-22 16:00"),
    ("2026-06-18 16:00", "5 natural days to end of day", "", "2026-06-23 24:00"),
    # The pause ends an hour into Monday: 10-12 and 14-16.
    ("2026-06-19 12:00", "4 working hours", "06-20 09:00/06-22 10:00", "2026-06-22 16:00"),
    # Mid-Autumn and the week before National Day: Sunday the 20th is worked, Friday the 25th is
    # not; 21 to 24, 28, 29, 30 September.
    ("2026-09-19 10:00", "1 working day", "", "2026-09-20 18:00"),
    ("2026-09-18 10:00", "5 working days", "", "2026-09-24 10:00"),
    ("2026-09-18 10:00", "6 working days", "", "2026-09-28 10:00"),
    ("2026-09-18 10:00", "9 working days", "", "2026-10-08 10:00"),
    ("2026-09-18 10:00", "11 working days", "", "2026-10-10 10:00"),
    # Manhole cover missing on the eve of the holiday; the advice of the same hour.
    ("2026-09-30 17:30", "2 hours", "", "2026-09-30 19:30"),
    ("2026-09-30 17:30", "2 working days", "", "2026-10-09 17:30"),
    ("2026-09-30 17:30", "4 working hours", "", "2026-10-08 14:30"),
    # Suspended over the holiday and Thursday morning: 1 h of 7 is used, 14-18 gives 4, Friday 2.
    ("2026-09-30 17:00", "1 working day", "09-30 18:00/10-08 12:00", "2026-10-09 11:00"),
    # Half of Saturday the 10th is paused: Thursday 7, Friday 14, Saturday 4, Monday 3.
    ("2026-10-08 09:00", "4 working days", "10-10 09:00/10-10 12:00", "2026-10-13 12:00"),
    # A pause that begins before the start and ends within it counts from the start.
    ("2026-10-08 10:00", "4 working hours", "09-30 17:00/10-08 11:00", "2026-10-08 17:00"),
    # A limit in minutes is paused by the clock, day or night.
    ("2026-10-09 23:40", "30 minutes", "10-09 23:50/10-10 00:50", "2026-10-10 01:10"),
    (
        "2026-10-09 23:40",
        "3 hours",
        "10-10 00:00/10-10 00:30, 10-10 00:15/10-10 01:00",
        "2026-10-10 03:40",
    ),
    ("2026-10-09 12:00", "5 natural days", "10-10 12:00/10-12 18:00", "2026-10-16 18:00"),
    ("2026-12-31 23:59", "2 minutes", "", "2027-01-01 00:01"),
]
