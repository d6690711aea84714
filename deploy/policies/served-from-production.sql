-- SPDX-License-Identifier: Apache-2.0
-- id: served-from-production
-- title: What is in service is served from production
-- severity: error
-- owner: teams/data-governance
-- rationale: A product was read for months from a test system that was emptied every night.
-- waivable: yes
SELECT 'contract "' || id || '" names no server of production' AS message,
       'Add a server with environment: prod.' AS remedy,
       place
FROM contracts
WHERE NOT EXISTS (
  SELECT 1 FROM servers
  WHERE servers.contract = contracts.id AND lower(environment) IN ('prod', 'production', 'live'))
