BEGIN TRANSACTION;
CREATE TABLE access_restrictions (
    playback_id    TEXT NOT NULL REFERENCES playback_ids (id) ON DELETE CASCADE,
    restricted_by  TEXT NOT NULL CHECK (restricted_by IN ('domains', 'userAgents')),
    default_policy TEXT NOT NULL CHECK (default_policy IN ('allow', 'deny')),
    allow          TEXT NOT NULL,
    deny           TEXT NOT NULL,
    PRIMARY KEY (playback_id, restricted_by)
);
INSERT INTO "access_restrictions" VALUES('55cc4c66-a395-42c2-8d86-34430c77b5d8','domains','deny','["example.com"]','[]');
CREATE TABLE access_tokens (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    id        TEXT NOT NULL UNIQUE,
    secret    TEXT NOT NULL,
    workspace TEXT NOT NULL,
    read_only INTEGER NOT NULL
);
INSERT INTO "access_tokens" VALUES(1,'sandbox-b6ee8352','sandbox-secret-37e2391225319ea26c1b3b750022d611','sandbox',0);
CREATE TABLE address (port INTEGER NOT NULL);
CREATE TABLE first_answers (
    stream_id       TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    playback_id     TEXT NOT NULL,
    access_policy   TEXT NOT NULL,
    PRIMARY KEY (stream_id, idempotency_key)
);
CREATE TABLE playback_ids (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    stream_id     TEXT NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
    access_policy TEXT NOT NULL CHECK (access_policy IN ('public', 'private'))
);
INSERT INTO "playback_ids" VALUES(1,'c42a6562-b834-4c17-8c99-a9a026e85126','1111aaaa2222bbbb3333cccc4444dddd','public');
INSERT INTO "playback_ids" VALUES(2,'55cc4c66-a395-42c2-8d86-34430c77b5d8','1111aaaa2222bbbb3333cccc4444dddd','private');
CREATE TABLE simulcasts (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    stream_id  TEXT NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
    url        TEXT NOT NULL,
    stream_key TEXT NOT NULL,
    is_enabled INTEGER NOT NULL,
    metadata   TEXT
);
INSERT INTO "simulcasts" VALUES(1,'6af20857a9ad9068cf962fea9d5fa080','1111aaaa2222bbbb3333cccc4444dddd','rtmp://example.com/live','sk',1,NULL);
CREATE TABLE streams (
    sequence            INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE,
    workspace           TEXT NOT NULL,
    created_at          TEXT NOT NULL,
    stream_key          TEXT NOT NULL,
    srt_secret          TEXT NOT NULL,
    srt_playback_secret TEXT NOT NULL,
    max_resolution      TEXT NOT NULL,
    reconnect_window    INTEGER NOT NULL,
    media_policy        TEXT NOT NULL,
    enable_recording    INTEGER NOT NULL,
    enable_dvr_mode     INTEGER NOT NULL,
    metadata            TEXT
, status TEXT NOT NULL DEFAULT 'idle'
    CHECK (status IN ('idle', 'preparing', 'active', 'disabled')));
INSERT INTO "streams" VALUES(1,'1111aaaa2222bbbb3333cccc4444dddd','sandbox','2026-11-29T01:25:40.524732Z','b2d405c0ebedc9344950ea87859c598ck1111aaaa2222bbbb3333cccc4444dddd','eeee1e8fe51d09f829b367027e9ae48bk1111aaaa2222bbbb3333cccc4444dddd','0da79eb6f1f6b9cf7dbe31f240817bc4k1111aaaa2222bbbb3333cccc4444dddd','1080p',60,'public',1,0,NULL,'disabled');
CREATE INDEX playback_ids_of_stream ON playback_ids (stream_id);
CREATE INDEX simulcasts_of_stream ON simulcasts (stream_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('access_tokens',1);
INSERT INTO "sqlite_sequence" VALUES('streams',1);
INSERT INTO "sqlite_sequence" VALUES('playback_ids',2);
INSERT INTO "sqlite_sequence" VALUES('simulcasts',1);
COMMIT;
