/* Alarms gathered into lines, so that a flood of them can be read and taken up.
   The text twin does the same: dashboards/selectors/gathering.py. */
const KEYS = { indicator: (alarm) => alarm.code, place: (alarm) => alarm.area.code };

/** Gather by indicator or by place: what lasts goes first, the newest before the others. */
export function gather(alarms, by = "indicator") {
  const lines = [...Map.groupBy(alarms, KEYS[by])].map(([key, rows]) => line(key, rows));
  return lines.sort((a, b) => a.hasEnded - b.hasEnded || b.newestAt - a.newestAt);
}

/* What is read and what is pushed write the same instant in different time zones. */
export function redAt(alarm) {
  return new Date(alarm.red_at).getTime();
}

function line(key, rows) {
  const alarms = rows.toSorted((a, b) => redAt(a) - redAt(b) || a.id - b.id);
  const ended = alarms.filter((alarm) => alarm.ended_at !== null).length;
  return {
    key,
    alarms,
    name: alarms[0].name,
    names: [...new Set(alarms.map((alarm) => alarm.name))],
    areas: [...new Set(alarms.map((alarm) => alarm.area.name))],
    ended,
    hasEnded: ended === alarms.length,
    since: alarms[0].red_at,
    newestAt: redAt(alarms.at(-1)),
  };
}

/** Shorten a name that is longer than so many characters. */
export function shortened(name, most) {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** Name the first few that find room in so many full-width characters, and how many there are. */
export function listed(names, room, counted) {
  let said = names[0];
  let place = 1;
  while (place < names.length && said.length + names[place].length < room) said += `、${names[place++]}`;
  return place < names.length ? counted(said, names.length) : said;
}
