-- Of which wait an alarm was raised, by when it began: each wait raises one. What waits again
-- waits since another time.
ALTER TABLE conversations ADD COLUMN alarmed_since BIGINT;

-- What somebody wants to be told of outside the page; who has no row has said nothing.
CREATE TABLE notification_settings (
    user_id     TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    mail        BIGINT NOT NULL,
    sound       BIGINT NOT NULL,
    browser     BIGINT NOT NULL,
    -- Minutes of the day in the time zone: all three or none.
    quiet_from  BIGINT,
    quiet_until BIGINT,
    time_zone   TEXT,
    updated_at  BIGINT NOT NULL
);

-- Of which waits somebody is still to be told by mail.
CREATE TABLE alarm_mails (
    store_id        TEXT   NOT NULL,
    user_id         TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id TEXT   NOT NULL,
    since           BIGINT NOT NULL,
    PRIMARY KEY (store_id, user_id, conversation_id),
    FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, id) ON DELETE CASCADE
);
CREATE INDEX alarm_mails_user ON alarm_mails (user_id);
CREATE INDEX alarm_mails_conversation ON alarm_mails (store_id, conversation_id);

-- When somebody was last sent such a mail, and by which job: there is a pause between two.
CREATE TABLE alarm_mail_turns (
    user_id  TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    job_id   TEXT   NOT NULL,
    taken_at BIGINT NOT NULL
);
