INSERT INTO setting (ledger, name, value) VALUES ('root', 'outdated', 1);
