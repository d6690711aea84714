-- SPDX-License-Identifier: Apache-2.0
-- id: support-is-named
-- title: Consumers are told where to ask
-- severity: warning
-- owner: teams/data-governance
-- rationale: A question that has no place is asked in the wrong one, or not at all.
-- applies-to: active
SELECT 'the product names no support' AS message,
       'Add a channel under support.' AS remedy,
       place
FROM product
WHERE NOT EXISTS (SELECT 1 FROM support WHERE url IS NOT NULL)
