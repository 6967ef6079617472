-- The least a database has to do for one webhook, as one call: the event with its unique key, who
-- wrote, the conversation, the message, one place of a person, the record of it. No checks, no
-- words, no explanation, no list, no open page. What OmniChat reaches is told as a share of this.
--
-- Run by bench/ceiling.py into a schema of its own, beside the product's tables.

CREATE SCHEMA bench_limit;
SET search_path TO bench_limit;

CREATE TABLE agent (
    id bigint PRIMARY KEY, department_id bigint NOT NULL, is_routable boolean NOT NULL,
    open_count int NOT NULL DEFAULT 0, capacity int NOT NULL
);
CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, channel_id bigint NOT NULL,
    dedup_key text NOT NULL, body text NOT NULL, received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (channel_id, dedup_key)
);
CREATE TABLE identity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, channel_id bigint NOT NULL,
    platform text NOT NULL, external_id text NOT NULL,
    UNIQUE (channel_id, platform, external_id)
);
CREATE TABLE conversation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, identity_id bigint NOT NULL,
    status text NOT NULL DEFAULT 'open', department_id bigint, assignee_id bigint,
    last_message_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX ON conversation (identity_id) WHERE NOT (status = 'resolved');
CREATE TABLE message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, conversation_id bigint NOT NULL,
    event_id bigint NOT NULL, body text NOT NULL, sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON message (conversation_id, sent_at, id);
CREATE TABLE assignment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, conversation_id bigint NOT NULL,
    assignee_id bigint NOT NULL, assigned_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz
);
CREATE UNIQUE INDEX ON assignment (conversation_id) WHERE ended_at IS NULL;

INSERT INTO agent (id, department_id, is_routable, capacity)
SELECT n, n % 10, true, 1000000000 FROM generate_series(1, 50) AS n;

CREATE FUNCTION take(the_sender text, the_text text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    the_event bigint; the_identity bigint; the_conversation bigint; the_message bigint;
    the_agent bigint;
BEGIN
    INSERT INTO event (channel_id, dedup_key, body) VALUES (1, the_sender, the_text)
    ON CONFLICT DO NOTHING RETURNING id INTO the_event;
    IF the_event IS NULL THEN RETURN NULL; END IF;
    SELECT id INTO the_identity FROM identity
    WHERE channel_id = 1 AND platform = 'zalo' AND external_id = the_sender;
    IF the_identity IS NULL THEN
        INSERT INTO identity (channel_id, platform, external_id) VALUES (1, 'zalo', the_sender)
        RETURNING id INTO the_identity;
    END IF;
    SELECT id INTO the_conversation FROM conversation
    WHERE identity_id = the_identity AND NOT (status = 'resolved') FOR NO KEY UPDATE;
    IF the_conversation IS NULL THEN
        INSERT INTO conversation (identity_id) VALUES (the_identity)
        RETURNING id INTO the_conversation;
    END IF;
    INSERT INTO message (conversation_id, event_id, body)
    VALUES (the_conversation, the_event, the_text) RETURNING id INTO the_message;
    UPDATE agent SET open_count = open_count + 1
    WHERE id = 1 + the_event % 50 AND is_routable AND open_count < capacity
    RETURNING id INTO the_agent;
    UPDATE conversation SET department_id = the_agent % 10, assignee_id = the_agent
    WHERE id = the_conversation;
    INSERT INTO assignment (conversation_id, assignee_id) VALUES (the_conversation, the_agent);
    RETURN the_message;
END $$;
