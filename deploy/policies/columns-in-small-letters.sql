-- SPDX-License-Identifier: Apache-2.0
-- id: columns-in-small-letters
-- title: Columns are written in small letters
-- severity: info
-- owner: teams/data-governance
-- rationale: Engines disagree on the case of names; small letters are the same everywhere.
SELECT 'column "' || path || '" has capital letters or blanks' AS message,
       'Write it in small letters with underscores between words.' AS remedy,
       place
FROM columns
WHERE name <> lower(name) OR name LIKE '% %'
