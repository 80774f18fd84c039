ALTER TABLE outbox ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN failure TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN dead_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_waiting ON outbox (claimed_until, ledger, seq) WHERE dead_at = 0;
CREATE TABLE word (
    ledger {text} NOT NULL, kind {text} NOT NULL, id {text} NOT NULL, word {text} NOT NULL,
    PRIMARY KEY (ledger, kind, id, word)
) {keyed};
CREATE INDEX word_found ON word (word, ledger, kind, id);
