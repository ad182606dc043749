"""League tables (考核): rates of departments and areas by month, as of any past instant."""

from workorders.selectors.leagues.asked import LeagueBy, Month, may_read_leagues, reader_areas
from workorders.selectors.leagues.rows import LeagueActs, Part, league_acts
from workorders.selectors.leagues.tables import League, LeagueRow, Pair, read_league

__all__ = [
    "League",
    "LeagueActs",
    "LeagueBy",
    "LeagueRow",
    "Month",
    "Pair",
    "Part",
    "league_acts",
    "may_read_leagues",
    "read_league",
    "reader_areas",
]
