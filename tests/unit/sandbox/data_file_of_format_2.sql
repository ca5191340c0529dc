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
INSERT INTO "access_tokens" VALUES(1,'sandbox-5e10ff7e','sandbox-secret-29f49b581190776f0577fbbbc0f13628','sandbox',0);
CREATE TABLE address (port INTEGER NOT NULL);
CREATE TABLE first_answers (
    stream_id       TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    playback_id     TEXT NOT NULL,
    access_policy   TEXT NOT NULL,
    PRIMARY KEY (stream_id, idempotency_key)
);
INSERT INTO "first_answers" VALUES('1111aaaa2222bbbb3333cccc4444dddd','once','0cdf2807-730e-4ba2-850c-33f007015a08','private');
CREATE TABLE playback_ids (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    stream_id     TEXT NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
    access_policy TEXT NOT NULL CHECK (access_policy IN ('public', 'private'))
);
INSERT INTO "playback_ids" VALUES(1,'046d139f-b75a-426d-93ab-0085ef36549b','1111aaaa2222bbbb3333cccc4444dddd','public');
INSERT INTO "playback_ids" VALUES(2,'55cc4c66-a395-42c2-8d86-34430c77b5d8','2f9f17f8a871915969702d17d99beb0a','private');
INSERT INTO "playback_ids" VALUES(3,'0cdf2807-730e-4ba2-850c-33f007015a08','1111aaaa2222bbbb3333cccc4444dddd','private');
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
);
INSERT INTO "streams" VALUES(1,'1111aaaa2222bbbb3333cccc4444dddd','sandbox','2026-05-20T12:50:15.267974Z','d38bdfafe72a38e3838c6a617d3a01f0k1111aaaa2222bbbb3333cccc4444dddd','d8ab29ba9e760ec48482fe298a187308k1111aaaa2222bbbb3333cccc4444dddd','0da93fcebc55b4847b799a20e756a39ck1111aaaa2222bbbb3333cccc4444dddd','1080p',60,'public',1,0,NULL);
INSERT INTO "streams" VALUES(2,'2f9f17f8a871915969702d17d99beb0a','sandbox','2026-05-20T12:50:15.267974Z','ab3c04dd10429dfeb9694318d03a90b7k2f9f17f8a871915969702d17d99beb0a','08753eb0bb3d5d48d8819b9baeb18d2ek2f9f17f8a871915969702d17d99beb0a','dc50b1de9d84630eb5493d6ee2981cf3k2f9f17f8a871915969702d17d99beb0a','720p',300,'private',0,1,'{"team": "sports"}');
CREATE INDEX playback_ids_of_stream ON playback_ids (stream_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('access_tokens',1);
INSERT INTO "sqlite_sequence" VALUES('streams',2);
INSERT INTO "sqlite_sequence" VALUES('playback_ids',3);
COMMIT;
