-- Orders with reporters, words, events and clocks, spread over grids, kinds and states.
-- Written in parts by bench/fill.py: %(first)s to %(last)s of %(count)s orders, the last the newest.
-- The newest %(open)s of them are open; the newest %(whole)s have reporters, events and clocks.
-- Foreign keys and triggers rest meanwhile: the rows are right by construction. Columns that are
-- not named here and must not be NULL are zero or empty.

-- before each connection's parts
SET session_replication_role = replica;
SET work_mem = '128MB';
SET synchronous_commit = off;
CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY g.code) - 1 AS n, g.id AS grid_id, c.id AS community_id,
       s.id AS street_id, s.parent_id AS district_id, c.centre_id AS station_id,
       ST_PointOnSurface(b.geometry) AS point
FROM grids_area g JOIN grids_area c ON c.id = g.parent_id JOIN grids_area s ON s.id = c.parent_id
JOIN grids_boundary b ON b.area_id = g.id AND b.valid_to IS NULL WHERE g.level = 4;
CREATE TEMP TABLE kind AS
SELECT row_number() OVER (ORDER BY code) - 1 AS n, id AS category_id, department_id, name,
       is_grid_matter
FROM workorders_category WHERE parent_id IS NOT NULL;
CREATE TEMP TABLE channel AS
SELECT row_number() OVER (ORDER BY code) - 1 AS n, id AS channel_id FROM workorders_channel;
CREATE TEMP TABLE act AS
SELECT * FROM unnest(
    array[1, 2, 3, 4, 5, 6, 7],
    array['register', 'accept', 'dispatch', 'sign', 'resolve', 'pass_check', 'follow_up'],
    array['', 'registered', 'accepted', 'dispatched', 'handling', 'resolved', 'follow_up'],
    array['registered', 'accepted', 'dispatched', 'handling', 'resolved', 'follow_up', 'closed'],
    array['acceptance', 'dispatch', 'signing', 'resolution', 'check', 'follow_up', NULL],
    array[1, 2, 3, 3, 5, 6, 7], array[2, 3, 4, 5, 6, 7, 8],
    array['{}', '{}', '{}', '{"met": {"signing": true}}',
          '{"met": {"resolution": true}, "level": 1, "handling_seconds": 43200}', '{}',
          '{"is_reached": true, "is_solved": true, "satisfaction": "satisfied"}']::jsonb[]
) AS a(sequence, action, from_state, to_state, clock, started, met, content);
-- What each act adds to the figures, as workorders/workflow/figures.py counts it.
CREATE TEMP TABLE flow AS
SELECT * FROM (VALUES
    (1, 'registered', 1), (2, 'accepted', 1), (3, 'dispatched', 1), (4, 'signed', 1),
    (4, 'signed_on_time', 1), (5, 'resolved', 1), (5, 'resolved_on_time', 1), (5, 'in_district', 1),
    (5, 'took_12h', 1), (5, 'handling_seconds', 43200), (7, 'closed', 1), (7, 'called_back', 1),
    (7, 'solved', 1), (7, 'satisfied', 1)
) AS f(sequence, measure, amount);
CREATE TEMP TABLE root AS
SELECT id AS area_id, unnest(array[district_id, street_id]) AS root_id, 4 AS level
FROM (SELECT grid_id AS id, street_id, district_id FROM place) AS p;
ANALYZE place;
ANALYZE kind;
ANALYZE channel;
ANALYZE act;
ANALYZE flow;
ANALYZE root;

-- each part
-- The open ones are in the six states of work; of the others 4 %% were turned away, the rest closed.
DROP TABLE IF EXISTS draft;
CREATE TEMP TABLE draft AS
SELECT i, p.*, k.category_id, k.department_id, k.name AS kind_name, k.is_grid_matter,
       h.channel_id, now() - interval '400 days' * (1 - i::float / %(count)s) AS at,
       CASE WHEN i > %(count)s - %(open)s
            THEN (array['registered','accepted','dispatched','handling','resolved','follow_up'])
                 [1 + (i * 31) %% 6]
            WHEN i %% 25 = 0 THEN 'rejected' ELSE 'closed' END AS state
FROM generate_series(%(first)s, %(last)s) AS i
JOIN place p ON p.n = (i * 7919::bigint) %% (SELECT count(*) FROM place)
JOIN kind k ON k.n = (i * 104729::bigint) %% (SELECT count(*) FROM kind)
JOIN channel h ON h.n = (i * 13) %% (SELECT count(*) FROM channel)
ORDER BY i;
ALTER TABLE draft ADD COLUMN stage int;
UPDATE draft SET stage = CASE state WHEN 'rejected' THEN 1 WHEN 'closed' THEN 7 ELSE
    array_position(array['registered','accepted','dispatched','handling','resolved','follow_up'],
                   state) END;
ANALYZE draft;

INSERT INTO workorders_workorder (id, number, tracking_code, version, last_sequence, state,
    external_number, nature, urgency, title, text, address, point, place_source, level,
    occurred_at, registered_at, accepted_at, resolved_at, closed_at, due_at, is_overdue, result,
    answer, is_solved, satisfaction, is_confidential, is_demo, category_id, channel_id,
    district_id, street_id, community_id, grid_id, department_id, holder_area_id)
SELECT i, to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || '-' || lpad(i::text, greatest(6, length(i::text)), '0'),
    'B' || lpad(i::text, 9, '0'), stage, stage, state, 'bench-' || i, 'help',
    CASE WHEN i %% 33 = 0 THEN 'urgent' ELSE 'normal' END, kind_name || '第' || i || '件',
    kind_name || '，现场位于第' || (i %% 977) || '号附近，请安排处理。', '', point, 'point',
    CASE WHEN stage >= 3 THEN 1 END, at, at,
    CASE WHEN stage >= 2 THEN least(at + interval '3 hours', now()) END,
    CASE WHEN stage >= 5 THEN least(at + interval '12 hours', now()) END,
    CASE WHEN stage IN (1, 7) AND state <> 'registered' THEN at + interval '18 hours' END,
    CASE WHEN state NOT IN ('closed', 'rejected') THEN now() + interval '3 days' END,
    false, CASE WHEN stage >= 5 THEN '已处置完毕' ELSE '' END, '',
    CASE WHEN stage = 7 THEN true END, CASE WHEN stage = 7 THEN 'satisfied' ELSE '' END, false,
    true, category_id, channel_id, district_id, street_id, community_id, grid_id,
    CASE WHEN stage >= 3 THEN CASE WHEN is_grid_matter THEN station_id ELSE department_id END END,
    CASE WHEN stage >= 3 AND is_grid_matter THEN grid_id END
FROM draft ORDER BY i;
INSERT INTO workorders_ordersearch (order_id, text)
SELECT i, 'bench-' || i || ' ' || kind_name || '第' || i || '件 ' || kind_name
    || '，现场位于第' || (i %% 977) || '号附近，请安排处理。' FROM draft ORDER BY i;

INSERT INTO workorders_reporter (order_id, name_cipher, phone_cipher, id_number_cipher,
    phone_masked, name_masked, phone_digest)
SELECT i, decode(repeat('ab', 100), 'hex'), decode(repeat('cd', 100), 'hex'), '', '139******00',
    '演**', md5((i %% 50000)::text) FROM draft WHERE i > %(count)s - %(whole)s ORDER BY i;
DROP TABLE IF EXISTS deed;
CREATE TEMP TABLE deed AS
SELECT o.i, a.*, least(o.at + interval '3 hours' * (a.sequence - 1), now()) AS done_at, o.grid_id,
    o.category_id, o.channel_id, CASE WHEN a.sequence >= 3 THEN
        CASE WHEN o.is_grid_matter THEN o.station_id ELSE o.department_id END END AS holder_id
FROM draft o JOIN act a ON a.sequence <= o.stage WHERE o.i > %(count)s - %(whole)s
ORDER BY o.i, a.sequence;
INSERT INTO workorders_event (order_id, sequence, action, from_state, to_state, actor_kind,
    actor_label, at, note, content, is_public, idempotency_key, area_id, category_id,
    department_id)
SELECT i, sequence, action, from_state, to_state, 'system', '系统', done_at, '', content, false, '',
    grid_id, category_id, holder_id FROM deed;
INSERT INTO workorders_clock (order_id, kind, limit_label, limit_amount, limit_unit,
    is_to_end_of_day, started_at, due_at, met_at, next_rung_at)
SELECT o.i, a.clock, '默认', 2, 'working_day', false, o.at,
    greatest(o.at + interval '3 days', now() + interval '1 day'),
    CASE WHEN o.stage >= a.met OR o.state = 'rejected' THEN o.at END,
    CASE WHEN NOT (o.stage >= a.met OR o.state = 'rejected') THEN now() + interval '3 days' END
FROM draft o JOIN act a ON a.clock IS NOT NULL AND a.started <= o.stage
WHERE o.i > %(count)s - %(whole)s ORDER BY o.i, a.sequence;

-- The figures of these very events; orders that have none count as open alone.
DROP TABLE IF EXISTS cell;
CREATE TEMP TABLE cell AS
SELECT f.measure, (d.done_at AT TIME ZONE 'Asia/Shanghai')::date AS day, d.grid_id AS area_id,
    d.category_id, d.channel_id, d.holder_id AS department_id, sum(f.amount) AS value
FROM deed d JOIN flow f ON f.sequence = d.sequence GROUP BY 1, 2, 3, 4, 5, 6
UNION ALL
SELECT 'open', NULL::date, grid_id, category_id, channel_id,
    CASE WHEN stage >= 3 THEN CASE WHEN is_grid_matter THEN station_id ELSE department_id END END,
    count(*)
FROM draft WHERE state NOT IN ('closed', 'rejected') GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO workorders_cube AS held
    (measure, day, area_id, category_id, channel_id, department_id, value)
SELECT measure, day, area_id, category_id, channel_id, department_id, value FROM cell
ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT (measure, day, area_id, category_id, channel_id, department_id)
DO UPDATE SET value = held.value + EXCLUDED.value;
INSERT INTO workorders_rollup AS held
    (area_id, measure, face, day, category_id, channel_id, department_id, level, value)
SELECT root_id, measure, 15 - GROUPING(category_id, channel_id, department_id, level), day,
    category_id, channel_id, department_id, level, sum(value)
FROM cell JOIN root USING (area_id) WHERE day IS NULL OR day > now() - interval '100 days'
GROUP BY root_id, measure, day, GROUPING SETS
    ((), (level), (department_id), (channel_id), (category_id), (category_id, channel_id))
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
ON CONFLICT (area_id, measure, face, day, category_id, channel_id, department_id, level)
DO UPDATE SET value = held.value + EXCLUDED.value;

-- after all parts
SELECT setval(pg_get_serial_sequence('workorders_workorder', 'id'), %(count)s),
       setval('workorders_number', %(count)s);
INSERT INTO workorders_rollupplace (area_id, root_id)
SELECT g.id, unnest(array[s.parent_id, s.id]) FROM grids_area g
JOIN grids_area c ON c.id = g.parent_id JOIN grids_area s ON s.id = c.parent_id WHERE g.level = 4
ON CONFLICT DO NOTHING;
