CREATE TABLE form_file (
    ledger {text} NOT NULL, hash {text} NOT NULL, name TEXT NOT NULL, bytes {blob} NOT NULL,
    PRIMARY KEY (ledger, hash)
) {keyed};
CREATE TABLE gone_file (
    ledger {text} NOT NULL, hash {text} NOT NULL,
    PRIMARY KEY (ledger, hash)
) {keyed};
