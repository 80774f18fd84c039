INSERT INTO setting (ledger, name, value)
    SELECT 'root', 'outdated', 1 WHERE EXISTS (SELECT 1 FROM fact);
