-- SPDX-License-Identifier: Apache-2.0
-- id: two-people-know-it
-- title: At least two people of the team are named
-- severity: warning
-- owner: teams/data-governance
-- rationale: Owners go on holiday, and leave.
-- warn-from: 2026-10-01
SELECT 'only ' || count(*) || ' of the team can be asked' AS message,
       'Name a second member under team.members.' AS remedy,
       '/team' AS pointer
FROM owners
WHERE date_out IS NULL
HAVING count(*) < 2
