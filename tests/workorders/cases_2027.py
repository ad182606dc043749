"""Cases of legal time in 2027, whose official list is not published yet.

The first table runs on a calendar that does not know the year: only weekends are off. The second
runs on one into which an administrator has entered days, which are invented: off are Friday 1
January, 5 to 11 February (Friday to Thursday) and 1 to 7 October (Friday to Thursday); worked are
Saturdays 30 January, 20 February and 9 October and Sunday 26 September. All worked out by hand.
"""

from datetime import date, timedelta


def _days(first: date, last: date, name: str) -> dict[date, str]:
    return {first + timedelta(days=n): name for n in range((last - first).days + 1)}


HOLIDAYS_2027 = (
    _days(date(2027, 1, 1), date(2027, 1, 1), "元旦")
    | _days(date(2027, 2, 5), date(2027, 2, 11), "春节")
    | _days(date(2027, 10, 1), date(2027, 10, 7), "国庆节")
)
MAKEUP_DAYS_2027 = {
    date(2027, 1, 30): "春节",
    date(2027, 2, 20): "春节",
    date(2027, 9, 26): "国庆节",
    date(2027, 10, 9): "国庆节",
}

# Start, limit, pauses without their year, due instant.
CASES_2027_UNKNOWN = [
    # 1 January is a Friday like any other here.
    ("2026-12-31 16:00", "1 working day", "", "2027-01-01 16:00"),
    ("2026-12-31 16:00", "2 working days", "", "2027-01-04 16:00"),
    ("2026-12-31 16:00", "1 working day to end of day", "", "2027-01-01 18:00"),
    ("2026-12-31 16:00", "30 natural days to end of day", "", "2027-01-30 24:00"),
    ("2027-01-01 11:30", "1 working hour", "", "2027-01-01 14:30"),
    ("2027-01-02 11:30", "1 working hour", "", "2027-01-04 10:00"),
    ("2027-01-02 11:30", "1 hour", "", "2027-01-02 12:30"),
    # Saturdays stay off and the days of the Spring Festival are worked.
    ("2027-01-29 16:00", "1 working day", "", "2027-02-01 16:00"),
    ("2027-02-04 16:00", "1 working day", "", "2027-02-05 16:00"),
    ("2027-02-04 16:00", "2 working days", "", "2027-02-08 16:00"),
    ("2027-02-05 17:00", "90 working minutes", "", "2027-02-08 09:30"),
    ("2027-02-06 09:00", "3 working days to end of day", "", "2027-02-10 18:00"),
    # The pause covers the last hour of Friday and the first of Monday: of 7 h Friday gives 2
    # (15-17) and Monday 5 (10-12, 14-17).
    ("2027-02-05 15:00", "1 working day", "02-05 17:00/02-08 10:00", "2027-02-08 17:00"),
    # Three weeks of five days; the start is a Monday's opening.
    ("2027-03-01 09:00", "15 working days", "", "2027-03-19 18:00"),
    ("2027-03-01 09:01", "15 working days", "", "2027-03-22 09:01"),
    # 60 = 12 weeks from Monday 1 March: the last Friday is 21 May.
    ("2027-03-01 09:00", "60 working days", "", "2027-05-21 18:00"),
    ("2027-02-28 12:00", "1 natural day", "", "2027-03-01 12:00"),
    ("2027-02-28 12:00", "365 natural days", "", "2028-02-28 12:00"),
    # 2028 is a leap year.
    ("2027-02-28 12:00", "366 natural days", "", "2028-02-29 12:00"),
    ("2027-10-01 09:00", "1 working day", "", "2027-10-01 18:00"),
    ("2027-12-31 17:00", "2 working hours", "", "2028-01-03 10:00"),
    ("2027-12-31 23:00", "90 minutes", "", "2028-01-01 00:30"),
]

CASES_2027_ENTERED = [
    # Over the year: Thursday 2 h; Friday off; Monday 5 h.
    ("2026-12-31 16:00", "1 working day", "", "2027-01-04 16:00"),
    ("2026-12-31 16:00", "7 working hours", "", "2027-01-04 16:00"),
    ("2026-12-31 16:00", "2 working days", "", "2027-01-05 16:00"),
    ("2026-12-31 17:45", "30 working minutes", "", "2027-01-04 09:15"),
    ("2026-12-31 17:45", "30 minutes", "", "2026-12-31 18:15"),
    ("2026-12-31 16:00", "1 working day to end of day", "", "2027-01-04 18:00"),
    ("2026-12-31 16:00", "1 natural day to end of day", "", "2027-01-01 24:00"),
    # A pause over the year's end covers 1 h on Thursday and 2 h on Monday: 1 h is used before it,
    # of the 6 left Monday gives 11-12 and 14-18, Tuesday the last.
    ("2026-12-31 16:00", "1 working day", "12-31 17:00/2027-01-04 11:00", "2027-01-05 10:00"),
    # The same in natural days is 90 h more than 24.
    ("2026-12-31 16:00", "1 natural day", "12-31 17:00/2027-01-04 11:00", "2027-01-05 10:00"),
    # Three days over the year: 10 h by New Year's Eve (29 December 15-18, 30th 7 h), nothing on
    # the 31st, which is paused, nothing until Monday: 7 h, Tuesday 4 h (9-12, 14-15).
    ("2026-12-29 15:00", "3 working days", "12-31 08:00/2027-01-03 20:00", "2027-01-05 15:00"),
    # Friday 29 January 2 h, Saturday the 30th is worked.
    ("2027-01-29 16:00", "1 working day", "", "2027-01-30 16:00"),
    ("2027-01-29 16:00", "2 working days", "", "2027-02-01 16:00"),
    # 30 January, 1, 2, 3, 4 February; 12 February is the sixth.
    ("2027-01-29 16:00", "5 working days", "", "2027-02-04 16:00"),
    ("2027-01-29 16:00", "6 working days", "", "2027-02-12 16:00"),
    # 15, 16, 17, 18, 19 make eleven, Saturday the 20th twelve, Monday the 22nd thirteen.
    ("2027-01-29 16:00", "12 working days", "", "2027-02-20 16:00"),
    ("2027-01-29 16:00", "13 working days", "", "2027-02-22 16:00"),
    ("2027-01-31 09:00", "1 working hour", "", "2027-02-01 10:00"),
    ("2027-02-04 17:00", "2 working hours", "", "2027-02-12 10:00"),
    ("2027-02-04 17:00", "2 hours", "", "2027-02-04 19:00"),
    ("2027-02-07 12:00", "1 working day", "", "2027-02-12 18:00"),
    ("2027-02-12 17:00", "1 working day", "", "2027-02-15 17:00"),
    ("2027-02-12 17:00", "10 natural days", "", "2027-02-22 17:00"),
    # The days that count: 12, 15, 16, 17, 18, 19, 20 (worked), 22 February.
    ("2027-02-04 09:00", "8 working days to end of day", "", "2027-02-22 18:00"),
    # 1 h paused on the worked Saturday is one whole day more.
    (
        "2027-02-04 09:00",
        "8 working days to end of day",
        "02-20 10:00/02-20 11:00",
        "2027-02-23 18:00",
    ),
    # A pause on the Sunday behind it costs nothing.
    (
        "2027-02-04 09:00",
        "8 working days to end of day",
        "02-21 10:00/02-21 18:00",
        "2027-02-22 18:00",
    ),
    # Two pauses: 2 h on Thursday (16-18), all of the 12th; of 14 h Wednesday gives 3, Thursday 5,
    # Monday the 15th 6 (9-12, 14-17).
    (
        "2027-02-03 15:00",
        "2 working days",
        "02-04 16:00/02-05 09:00, 02-12 00:00/02-14 12:00",
        "2027-02-15 17:00",
    ),
    # Plain months.
    ("2027-03-01 09:00", "60 working days", "", "2027-05-21 18:00"),
    ("2027-06-01 13:59", "1 working minute", "", "2027-06-01 14:01"),
    ("2027-06-01 13:59", "1 minute", "", "2027-06-01 14:00"),
    ("2027-06-04 18:01", "1 working minute", "", "2027-06-07 09:01"),
    # Autumn: Sunday 26 September is worked, then 27 to 30; 8 October and Saturday the 9th.
    ("2027-09-24 10:00", "1 working day", "", "2027-09-26 10:00"),
    ("2027-09-24 10:00", "5 working days", "", "2027-09-30 10:00"),
    ("2027-09-24 10:00", "6 working days", "", "2027-10-08 10:00"),
    ("2027-09-24 10:00", "7 working days", "", "2027-10-09 10:00"),
    ("2027-09-24 10:00", "8 working days", "", "2027-10-11 10:00"),
    ("2027-09-30 17:00", "3 working hours", "", "2027-10-08 11:00"),
    ("2027-09-30 17:00", "60 natural days to end of day", "", "2027-11-29 24:00"),
    ("2027-10-03 10:00", "2 working days to end of day", "", "2027-10-09 18:00"),
    # 4 h of Saturday the 9th are paused: of 14 h Friday gives 7, Saturday 3, Monday 4 (9-12 and
    # 14-15).
    ("2027-10-07 10:00", "2 working days", "10-09 14:00/10-10 14:00", "2027-10-11 15:00"),
    # 2028 is unknown to this calendar: Saturday and Sunday are off, Monday the 3rd is worked.
    ("2027-12-31 16:00", "1 working day", "", "2028-01-03 16:00"),
]
