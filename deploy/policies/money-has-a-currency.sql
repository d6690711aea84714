-- SPDX-License-Identifier: Apache-2.0
-- id: money-has-a-currency
-- title: A column of money says its currency
-- severity: warning
-- owner: teams/data-governance
-- rationale: Sums over columns of several currencies look right and are not.
SELECT 'column "' || path || '" holds money, and nothing says in which currency' AS message,
       'Name the currency in the column''s name (amount_eur), or add a column currency beside it.' AS remedy,
       place
FROM columns AS money
WHERE logical_type IN ('number', 'integer')
  AND (path LIKE '%amount%' OR path LIKE '%price%' OR path LIKE '%cost%' OR path LIKE '%revenue%')
  AND path NOT LIKE '%\_eur%' ESCAPE '\' AND path NOT LIKE '%\_usd%' ESCAPE '\' AND path NOT LIKE '%\_gbp%' ESCAPE '\'
  AND NOT EXISTS (
    SELECT 1 FROM columns AS other
    WHERE other.contract = money.contract AND other.object = money.object AND other.path LIKE '%currency%')
