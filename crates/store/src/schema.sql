CREATE TABLE head (
    ledger {text} NOT NULL, seq BIGINT NOT NULL, hash {blob} NOT NULL, signed BIGINT NOT NULL,
    basis {text} NOT NULL,
    PRIMARY KEY (ledger)
) {keyed};
CREATE TABLE fact (
    ledger {text} NOT NULL, seq BIGINT NOT NULL, fact {text} NOT NULL, version BIGINT NOT NULL,
    body TEXT NOT NULL, subject_kind {text} NOT NULL, subject {text} NOT NULL,
    command {text} NOT NULL, actor {text} NOT NULL, device {text} NOT NULL,
    occurred_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, hash {blob} NOT NULL,
    PRIMARY KEY (ledger, seq)
) {keyed};
CREATE INDEX fact_notices ON fact (ledger, seq) WHERE fact = 'notice.given';
CREATE TABLE touch (
    ledger {text} NOT NULL, kind {text} NOT NULL, id {text} NOT NULL, seq BIGINT NOT NULL,
    PRIMARY KEY (ledger, kind, id, seq)
) {keyed};
CREATE TABLE signed_head (
    ledger {text} NOT NULL, seq BIGINT NOT NULL, hash {blob} NOT NULL, signature {blob} NOT NULL,
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (ledger, seq)
) {keyed};
CREATE TABLE command (
    ledger {text} NOT NULL, id {text} NOT NULL, body_hash {blob} NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (ledger, id)
) {keyed};
CREATE TABLE thing (
    ledger {text} NOT NULL, kind {text} NOT NULL, id {text} NOT NULL, place {text} NOT NULL,
    path {text} NOT NULL, sort {text} NOT NULL, status {text} NOT NULL, owner {text} NOT NULL,
    about {text} NOT NULL, since BIGINT NOT NULL, due_at BIGINT NOT NULL, wake_at BIGINT NOT NULL,
    label {text} NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (ledger, kind, id)
) {keyed};
CREATE INDEX thing_listed ON thing (ledger, kind, status, due_at) WHERE kind NOT IN ('place', 'person');
CREATE INDEX thing_owned ON thing (owner, kind, status) WHERE owner <> '';
CREATE INDEX thing_about ON thing (about, ledger, kind) WHERE about <> '';
CREATE INDEX thing_waking ON thing (wake_at, ledger, kind, id) WHERE wake_at > 0;
CREATE INDEX thing_below ON thing (kind, path, since) WHERE kind <> 'place';
CREATE INDEX thing_inside ON thing (place, kind, id) WHERE kind IN ('place', 'household', 'pool');
CREATE INDEX thing_place ON thing (id, ledger) WHERE kind = 'place';
CREATE INDEX thing_label ON thing (label, ledger, path, id) WHERE kind = 'place';
CREATE TABLE party (
    ledger {text} NOT NULL, account {text} NOT NULL, id {text} NOT NULL,
    PRIMARY KEY (ledger, account, id)
) {keyed};
CREATE INDEX party_account ON party (account, ledger, id);
CREATE TABLE figure (
    ledger {text} NOT NULL, indicator {text} NOT NULL, place {text} NOT NULL, day {text} NOT NULL,
    thousandths BIGINT NOT NULL,
    PRIMARY KEY (ledger, indicator, place, day)
) {keyed};
CREATE INDEX figure_place ON figure (place, day, indicator);
CREATE INDEX figure_zero ON figure (ledger) WHERE thousandths = 0;
CREATE TABLE vault (
    ledger {text} NOT NULL, person {text} NOT NULL, element {text} NOT NULL, item {text} NOT NULL,
    purpose {text} NOT NULL, given_at BIGINT NOT NULL, salt {blob} NOT NULL, sealed {blob} NOT NULL,
    PRIMARY KEY (ledger, person, element, item, purpose)
) {keyed};
CREATE INDEX vault_purpose ON vault (ledger, purpose, given_at);
CREATE TABLE person_key (
    ledger {text} NOT NULL, person {text} NOT NULL, purpose {text} NOT NULL, wrapped {blob} NOT NULL,
    PRIMARY KEY (ledger, person, purpose)
) {keyed};
CREATE TABLE access (
    ledger {text} NOT NULL, person {text} NOT NULL, read_at BIGINT NOT NULL, id {text} NOT NULL,
    reader {text} NOT NULL, role {text} NOT NULL, purpose {text} NOT NULL, elements TEXT NOT NULL,
    PRIMARY KEY (ledger, person, read_at, id)
) {keyed};
CREATE TABLE outbox (
    ledger {text} NOT NULL, seq BIGINT NOT NULL, topic {text} NOT NULL, body TEXT NOT NULL,
    claimed_until BIGINT NOT NULL,
    PRIMARY KEY (ledger, seq)
) {keyed};
CREATE TABLE attachment (
    ledger {text} NOT NULL, hash {text} NOT NULL, bytes BIGINT NOT NULL, media {text} NOT NULL,
    stored_at BIGINT NOT NULL,
    PRIMARY KEY (ledger, hash)
) {keyed};
CREATE TABLE checkpoint (
    ledger {text} NOT NULL, view {text} NOT NULL, seq BIGINT NOT NULL,
    PRIMARY KEY (ledger, view)
) {keyed};
CREATE TABLE credential (
    ledger {text} NOT NULL, name {text} NOT NULL, account {text} NOT NULL, display TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (ledger, name)
) {keyed};
CREATE INDEX credential_account ON credential (ledger, account);
CREATE TABLE session (
    ledger {text} NOT NULL, hash {text} NOT NULL, account {text} NOT NULL, began_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
    PRIMARY KEY (ledger, hash)
) {keyed};
CREATE TABLE token (
    ledger {text} NOT NULL, hash {text} NOT NULL, account {text} NOT NULL, ends_at BIGINT NOT NULL,
    about TEXT NOT NULL,
    PRIMARY KEY (ledger, hash)
) {keyed};
CREATE TABLE pack_file (
    ledger {text} NOT NULL, hash {text} NOT NULL, bytes {blob} NOT NULL,
    PRIMARY KEY (ledger, hash)
) {keyed};
CREATE TABLE setting (
    ledger {text} NOT NULL, name {text} NOT NULL, value BIGINT NOT NULL,
    PRIMARY KEY (ledger, name)
) {keyed};
INSERT INTO setting (ledger, name, value) VALUES ('root', 'revision', 1);
