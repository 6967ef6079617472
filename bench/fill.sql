-- Conversations of five messages over the last year, the newest of them open or waiting, and one
-- long conversation. Rows of one conversation share its number; the database held none before.
CREATE TEMP TABLE person AS
SELECT row_number() OVER (ORDER BY id) - 1 AS k, count(*) OVER () AS people, id, department_id
FROM accounts_user WHERE role = 'staff';

CREATE TEMP TABLE talk AS
SELECT n, p.id AS assignee_id, p.department_id, c.id AS channel_id,
    now() - interval '365 days' * (t.total - n)::float8 / t.total - interval '10 minutes' AS begun_at,
    CASE WHEN n > t.total - 400 THEN 'open'
         WHEN n > t.total - 400 - least(2000, t.total / 5) THEN 'waiting'
         ELSE 'resolved' END AS status
FROM (SELECT %(conversations)s AS total) AS t, generate_series(1, t.total) AS n
JOIN person AS p ON p.k = mod(n, 50), inbox_channel AS c;

INSERT INTO inbox_contact (id, public_id, name, phone, note, created_at)
SELECT n, gen_random_uuid(), 'Khách ' || n, '', '', begun_at FROM talk;

INSERT INTO inbox_contactidentity (id, platform, external_id, created_at, channel_id, contact_id)
SELECT n, 'zalo', 'khach-' || n, begun_at, channel_id, n FROM talk;

INSERT INTO inbox_conversation (id, public_id, thread_key, status, waiting_reason, waiting_since,
    cycle_number, last_message_at, last_inbound_at, seen_at, preview, created_at, assignee_id,
    channel_id, contact_id, department_id, identity_id)
SELECT n, gen_random_uuid(), '', status, '',
    CASE status WHEN 'open' THEN begun_at + interval '4 minutes' END, 1,
    begun_at + interval '4 minutes', begun_at + interval '4 minutes', begun_at,
    'Dạ cho em hỏi mẫu ' || n || ' còn không ạ', begun_at, assignee_id, channel_id, n,
    department_id, n FROM talk;

INSERT INTO inbox_cycle (id, number, started_at, first_response_at, resolved_at, conversation_id,
    first_responder_id, resolved_by_id)
SELECT n, 1, begun_at, begun_at + interval '2 minutes',
    CASE status WHEN 'resolved' THEN begun_at + interval '5 minutes' END, n, assignee_id,
    CASE status WHEN 'resolved' THEN assignee_id END FROM talk;

CREATE TEMP TABLE line AS
SELECT n * 5 + j AS id, n, j, begun_at + interval '1 minute' * j AS at, status, assignee_id, channel_id,
    CASE WHEN status = 'open' THEN mod(j, 2) = 0 ELSE j IN (0, 1, 3) END AS is_inbound
FROM talk, generate_series(0, 4) AS j;

INSERT INTO inbox_webhookevent (id, run_after, attempts, lease_until, locked_by, last_error,
    dedup_key, state, body, received_at, channel_id)
SELECT id, at, 0, NULL, '', '', 'message:cu-' || id, 'applied',
    '{"platform": "zalo", "sender": "khach-' || n || '", "content": "Dạ cho em hỏi mẫu này còn không ạ"}',
    at, channel_id FROM line WHERE is_inbound;

INSERT INTO inbox_message (id, direction, text, external_id, sent_at, received_at, completed_at,
    keywords, data, author_id, channel_id, conversation_id, cycle_id, webhook_event_id)
SELECT id, CASE WHEN is_inbound THEN 'inbound' ELSE 'outbound' END,
    'Dạ cho em hỏi mẫu này còn không ạ, em cảm ơn ' || id,
    CASE WHEN is_inbound THEN 'cu-' || id END, at, at,
    CASE WHEN status = 'resolved' AND is_inbound THEN at + interval '5 minutes' END,
    CASE WHEN is_inbound THEN '[]'::jsonb END, '{}', CASE WHEN NOT is_inbound THEN assignee_id END,
    channel_id, n, n, CASE WHEN is_inbound THEN id END FROM line;

INSERT INTO inbox_outboundpart (id, run_after, attempts, lease_until, locked_by, last_error,
    public_id, state, failure, sent_at, created_at, channel_id, conversation_id, message_id)
SELECT id, at, 1, NULL, '', '', gen_random_uuid(), 'sent', '', at, at, channel_id, n, id
FROM line WHERE NOT is_inbound;

INSERT INTO routing_assignment (id, policy, policy_version, explanation, duration_us, assigned_at,
    ended_at, end_reason, assignee_id, conversation_id, cycle_id, department_id)
SELECT n, 'least_open', 1,
    '{"department": "Phòng", "department_by": "keyword", "matches": [], "sums": [],
      "chosen": {"name": "Lan", "reason": "taking_work", "open": 2, "capacity": 8},
      "is_former": false, "left_out": [],
      "candidates": [{"name": "Lan", "reason": "taking_work", "open": 2, "capacity": 8}]}',
    900, begun_at,
    CASE status WHEN 'resolved' THEN begun_at + interval '5 minutes' END,
    CASE status WHEN 'resolved' THEN 'resolved' ELSE '' END, assignee_id, n, n, department_id
FROM talk;

INSERT INTO inbox_contact (id, public_id, name, phone, note, created_at)
VALUES (0, gen_random_uuid(), 'Dài', '', '', now());

INSERT INTO inbox_contactidentity (id, platform, external_id, created_at, channel_id, contact_id)
SELECT 0, 'zalo', 'dai', now(), id, 0 FROM inbox_channel;

INSERT INTO inbox_conversation (id, public_id, thread_key, status, waiting_reason, cycle_number,
    last_message_at, preview, created_at, assignee_id, channel_id, contact_id, department_id,
    identity_id)
SELECT 0, gen_random_uuid(), '', 'resolved', '', 1, now() - interval '1 year', 'Dài', now(), p.id,
    c.id, 0, p.department_id, 0 FROM person AS p, inbox_channel AS c WHERE p.k = 0;

INSERT INTO inbox_cycle (id, number, started_at, conversation_id, resolved_at)
VALUES (0, 1, now() - interval '1 year', 0, now());

INSERT INTO inbox_message (id, direction, text, sent_at, received_at, completed_at, keywords, data,
    channel_id, conversation_id, cycle_id)
SELECT %(conversations)s * 5 + 5 + n, 'inbound', 'Dòng ' || n, now() - interval '1 minute' * n,
    now(), now(), '[]', '{}', c.id, 0, 0
FROM generate_series(1, %(long_messages)s) AS n, inbox_channel AS c;

UPDATE routing_agent AS a SET open_count = (
    SELECT count(*) FROM inbox_conversation AS c
    WHERE c.assignee_id = a.user_id AND c.status = 'open');

SELECT setval(pg_get_serial_sequence(t, 'id'), %(conversations)s * 6 + 100)
FROM unnest(ARRAY['inbox_contact', 'inbox_contactidentity', 'inbox_conversation', 'inbox_cycle',
    'inbox_webhookevent', 'inbox_message', 'inbox_outboundpart', 'routing_assignment']) AS t
