"""The database schema of departments' rows, and the rules of spelling as functions.

Each function gives the value that `datahub.columns.spellings` reads from a text, or NULL.
"""

from django.db import migrations

WIDE = "０１２３４５６７８９ＸｘＥｅ＋－．／：，"
NARROW = "0123456789XxEe+-./:,"
DATE_PART = (
    r"(?:([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
    r"|([0-9]{4})([0-9]{2})([0-9]{2}))"
)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_SUM = " + ".join(f"(get_byte(b, {i}) - 48) * {w}" for i, w in enumerate(ID_WEIGHTS))
USCC_SUM = " + ".join(
    f"(strpos('{ALPHABET}', substr(n, {i + 1}, 1)) - 1) * {pow(3, i, 31)}" for i in range(17)
)
FUNCTIONS = f"""
CREATE SCHEMA IF NOT EXISTS datahub;

CREATE FUNCTION datahub.narrow(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT translate(t, '{WIDE}', '{NARROW}') $$;

CREATE FUNCTION datahub.day_of(y int, m int, d int) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF y IS NULL OR y NOT BETWEEN 1800 AND 2200 OR m NOT BETWEEN 1 AND 12 OR d < 1
       OR d > (CASE WHEN m = 2 THEN
           28 + (y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0))::int
           WHEN m IN (4, 6, 9, 11) THEN 30 ELSE 31 END)
    THEN RETURN NULL; END IF;
    RETURN make_date(y, m, d);
END $$;

CREATE FUNCTION datahub.date_of(t text) RETURNS date
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE f text[] := regexp_match(datahub.narrow(t),
    '^{DATE_PART}(?:[ T]0?0:00(?::00(?:\\.0{{1,6}})?)?)?$');
BEGIN
    RETURN datahub.day_of(coalesce(f[1], f[7])::int, coalesce(f[3], f[5], f[8])::int,
                          coalesce(f[4], f[6], f[9])::int);
END $$;

CREATE FUNCTION datahub.instant_of(t text) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    f text[] := regexp_match(datahub.narrow(t), '^{DATE_PART}(?:[ T]([0-9]{{1,2}}):([0-9]{{2}})'
        '(?::([0-9]{{2}})(\\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?$');
    day date := datahub.day_of(coalesce(f[1], f[7])::int, coalesce(f[3], f[5], f[8])::int,
                               coalesce(f[4], f[6], f[9])::int);
    hours int := coalesce(f[10], '0')::int;
    minutes int := coalesce(f[11], '0')::int;
    seconds int := coalesce(f[12], '0')::int;
    micros int := rpad(coalesce(substr(f[13], 2), ''), 6, '0')::int;
    east int := 480;
BEGIN
    IF day IS NULL OR hours > 23 OR minutes > 59 OR seconds > 59 THEN RETURN NULL; END IF;
    IF f[14] = 'Z' THEN
        east := 0;
    ELSIF f[14] IS NOT NULL THEN
        IF substr(f[14], 2, 2)::int > 14 OR substr(f[14], 5, 2)::int > 59 THEN
            RETURN NULL;
        END IF;
        east := (substr(f[14], 2, 2)::int * 60 + substr(f[14], 5, 2)::int)
            * CASE WHEN left(f[14], 1) = '-' THEN -1 ELSE 1 END;
    END IF;
    RETURN (day + make_interval(hours => hours, mins => minutes - east)
            + (seconds * 1000000 + micros) * interval '1 microsecond') AT TIME ZONE 'UTC';
END $$;

CREATE FUNCTION datahub.id_digit_holds(n text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE b bytea := n::bytea;
BEGIN
    RETURN right(n, 1) = substr('10X98765432', ({ID_SUM}) % 11 + 1, 1);
END $$;

CREATE FUNCTION datahub.id_number_of(t text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE n text := upper(datahub.narrow(t));
BEGIN
    IF n !~ '^[0-9]{{17}}[0-9X]$' THEN RETURN NULL; END IF;
    IF NOT datahub.id_digit_holds(n) THEN RETURN NULL; END IF;
    IF datahub.day_of(substr(n, 7, 4)::int, substr(n, 11, 2)::int, substr(n, 13, 2)::int) IS NULL
    THEN RETURN NULL; END IF;
    RETURN n;
END $$;

CREATE FUNCTION datahub.mobile_of(t text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n ~ '^(\\+?86|0086)?1[3-9][0-9]{{9}}$' THEN right(n, 11) END
    FROM (SELECT translate(upper(datahub.narrow(t)), ' -', '') AS n) one
$$;

CREATE FUNCTION datahub.uscc_of(t text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE n text := upper(datahub.narrow(t));
BEGIN
    IF n !~ '^[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}$' THEN RETURN NULL; END IF;
    IF right(n, 1) = substr('{ALPHABET}', (31 - ({USCC_SUM}) % 31) % 31 + 1, 1) THEN
        RETURN n;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION datahub.point_of(t text) RETURNS geometry
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    f text[] := regexp_match(upper(datahub.narrow(t)),
        '^(?:POINT ?\\( ?)?(-?[0-9]{{1,3}}(?:\\.[0-9]{{1,15}})?)[, ;]{{1,3}}'
        '(-?[0-9]{{1,3}}(?:\\.[0-9]{{1,15}})?)\\)?$');
    lon float8 := f[1]::float8;
    lat float8 := f[2]::float8;
BEGIN
    IF lon IS NULL OR abs(lon) > 180 OR abs(lat) > 90
       OR (lon BETWEEN 3 AND 54 AND lat BETWEEN 73 AND 136) THEN RETURN NULL; END IF;
    RETURN ST_SetSRID(ST_MakePoint(lon, lat), 4326);
END $$;

CREATE FUNCTION datahub.boolean_of(t text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n IN ('是', 'true', '1', 'y', 'yes') THEN true
                WHEN n IN ('否', 'false', '0', 'n', 'no') THEN false END
    FROM (SELECT lower(datahub.narrow(t)) AS n) one
$$;

CREATE FUNCTION datahub.integer_of(t text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n ~ '^[+-]?[0-9]{{1,18}}(\\.0{{1,6}})?$' THEN split_part(n, '.', 1)::bigint END
    FROM (SELECT datahub.narrow(t) AS n) one
$$;

CREATE FUNCTION datahub.decimal_of(t text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN n ~ '^[+-]?([0-9]{{1,18}}(\\.[0-9]{{0,12}})?|\\.[0-9]{{1,12}})$'
           THEN n::numeric END
    FROM (SELECT datahub.narrow(t) AS n) one
$$;
"""  # noqa: S608


class Migration(migrations.Migration):

    dependencies = [
        ('datahub', '0001_initial'),
        ('grids', '0001_initial'),  # PostGIS
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, "DROP SCHEMA datahub CASCADE"),
    ]
