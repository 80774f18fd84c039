CREATE TABLE openid (
    ledger {text} NOT NULL, issuer {text} NOT NULL, subject {text} NOT NULL, account {text} NOT NULL,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (ledger, issuer, subject)
) {keyed};
CREATE INDEX openid_account ON openid (ledger, account);
