-- SPDX-License-Identifier: Apache-2.0
-- id: tables-have-a-key
-- title: A table says by which columns its rows are told apart
-- severity: warning
-- owner: teams/data-governance
-- rationale: Without a key nobody can join, nor find what was delivered twice.
SELECT 'table "' || name || '" has no primary key' AS message,
       'Set primaryKey: true on the columns that identify a row.' AS remedy,
       place
FROM objects
WHERE (physical_type IS NULL OR lower(physical_type) = 'table')
  AND NOT EXISTS (
    SELECT 1 FROM columns
    WHERE columns.contract = objects.contract AND columns.object = objects.name AND primary_key)
