// SPDX-License-Identifier: Apache-2.0
// The names must be those of OpenLineage to the letter: a port, a dot or a slash off, and lineage does not join.
#include "descriptor/dataset.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace souk::descriptor {
namespace {

struct Case {
  std::string_view type;
  std::string_view fields;  // "key=value key=value"
  std::string_view physical_name;
  std::string_view want;  // "namespace name"; empty: none
};

v1::Server ServerOf(const Case& test) {
  v1::Server server;
  server.set_type(std::string(test.type));
  std::string_view rest = test.fields;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    (*server.mutable_fields())[std::string(pair.substr(0, equals))] = std::string(pair.substr(equals + 1));
  }
  return server;
}

std::string Identified(const Case& test) {
  v1::SchemaObject object;
  object.set_name("t");
  object.set_physical_name(std::string(test.physical_name));
  const auto identity = IdentifyDataset(ServerOf(test), object);
  return identity ? identity->namespace_() + " " + identity->name() : "";
}

TEST(DatasetTest, Table) {
  constexpr Case kCases[] = {
      {"bigquery", "project=p dataset=d", "", "bigquery p.d.t"},
      {"BigQuery", "project=p dataset=d", "table_1", "bigquery p.d.table_1"},
      {"bigquery", "project=p dataset=d", "q.e.table_1", "bigquery q.e.table_1"},
      {"bigquery", "project=p dataset=d", "e.table_1", "bigquery p.e.table_1"},
      {"bigquery", "project=p dataset=d", "`q.e`.x", "bigquery p.q.e.x"},
      {"bigquery", "", "q.e.table_1", "bigquery q.e.table_1"},
      {"bigquery", "dataset=d", "x", ""},
      {"postgres", "host=h port=5433 database=b schema=s", "x", "postgres://h:5433 b.s.x"},
      {"postgresql", "host=h database=b", "x", "postgres://h:5432 b.public.x"},
      {"postgres", "host=h:1 database=b", "s.x", "postgres://h:1 b.s.x"},
      {"postgres", "host=[::1] database=b", "s.x", "postgres://[::1]:5432 b.s.x"},
      {"postgres", "host=h", "b.s.x", "postgres://h:5432 b.s.x"},
      {"postgres", "host=h schema=s", "x", ""},
      {"postgres", "database=b schema=s", "x", ""},
      {"postgres", "host=${HOST} database=b", "x", ""},
      {"postgres", "host=h database=b", "x..y", ""},
      {"mysql", "host=h database=b", "x", "mysql://h:3306 b.x"},
      {"sqlserver", "host=h database=b", "x", "mssql://h:1433 b.dbo.x"},
      {"sqlserver", "host=h port=1 database=b schema=s", "x", "mssql://h:1 b.s.x"},
      {"synapse", "host=h port=1433 database=b", "s.x", "sqlserver://h:1433 s.x"},
      {"oracle", "host=h port=1521 serviceName=o", "s.x", "oracle://h:1521 o.s.x"},
      {"oracle", "host=h port=1521 serviceName=o", "x", ""},
      {"db2", "host=h port=50000 database=b schema=s", "x", "db2://h:50000 b.s.x"},
      {"redshift", "host=c.abc.us-west-2.redshift.amazonaws.com database=b schema=s", "x",
       "redshift://c.us-west-2:5439 b.s.x"},
      {"redshift", "host=c.us-west-2 database=b", "x", "redshift://c.us-west-2:5439 b.public.x"},
      {"redshift", "database=b schema=s", "x", ""},
      {"snowflake", "account=org-acc database=B schema=S", "X", "snowflake://org-acc B.S.X"},
      {"snowflake", "host=org-acc.snowflakecomputing.com database=B schema=S", "X", "snowflake://org-acc B.S.X"},
      {"snowflake", "account=xy1.eu-west-1.aws database=B schema=S", "A.B.C", "snowflake://xy1.eu-west-1.aws A.B.C"},
      {"kafka", "host=broker:9093", "orders.v1", "kafka://broker:9093 orders.v1"},
      {"kafka", "host=a:1,b:2", "", "kafka://a:1 t"},
      {"kafka", "host=broker", "x", "kafka://broker:9092 x"},
      {"pubsub", "project=p", "x", "pubsub topic:p:x"},
      {"hive", "host=h port=10000 database=b", "x", "hive://h:10000 b.x"},
      {"trino", "host=h port=8080 catalog=c schema=s", "x", "trino://h:8080 c.s.x"},
      {"presto", "host=h:8081 catalog=c schema=s", "x", "presto://h:8081 c.s.x"},
      {"databricks", "host=https://adb.net/ catalog=c schema=s", "x", "unitycatalog://adb.net c.s.x"},
      {"databricks", "catalog=c schema=s", "x", ""},
      {"athena", "schema=s catalog=c regionName=eu-west-1", "x", "awsathena://athena.eu-west-1.amazonaws.com c.s.x"},
      {"athena", "schema=s regionName=eu-west-1", "x", "awsathena://athena.eu-west-1.amazonaws.com AwsDataCatalog.s.x"},
      {"athena", "schema=s", "x", ""},
      {"glue", "account=1 database=b region=r", "x", "arn:aws:glue:r:1 table/b/x"},
      {"glue", "account=1 database=b", "x", ""},
      {"local", "path=/data/x.csv", "", "file /data/x.csv"},
      {"kinesis", "stream=s region=r", "", ""},
      {"custom", "host=h", "", ""},
      {"", "host=h", "", ""},
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(Identified(test), test.want) << test.type << " " << test.fields << " " << test.physical_name;
  }
}

TEST(DatasetTest, ObjectsGoByTheirKeyOrPrefix) {
  constexpr Case kCases[] = {
      {"s3", "location=s3://bucket/path/", "", "s3://bucket path"},
      {"s3", "location=s3://bucket/path", "x", "s3://bucket path/x"},
      {"s3", "location=s3://bucket/path/x", "x", "s3://bucket path/x"},
      {"s3", "location=s3a://bucket", "", "s3://bucket t"},
      {"s3", "location=s3://bucket/p/{model}/*.parquet", "x", "s3://bucket p/x"},
      {"s3", "location=s3://bucket/offers/daily/*.parquet", "offers/daily", "s3://bucket offers/daily"},
      {"s3", "location=s3://bucket/offers/daily/*.parquet", "daily", "s3://bucket offers/daily"},
      {"s3", "location=s3://bucket/offers/*.csv", "", "s3://bucket offers"},
      {"s3", "location=s3://bucket/offers/*.csv", "offers/daily/", "s3://bucket offers/daily"},
      {"s3", "location=s3://bucket/offers", "/offers/daily", "s3://bucket offers/daily"},
      {"s3", "location=s3://bucket/offers", "daily/*.parquet", "s3://bucket offers/daily"},
      {"s3", "location=s3://bucket/offers/*/part-?.parquet", "daily", "s3://bucket offers/daily"},
      {"s3", "location=s3://bucket/offers/day=[0-9]", "daily", "s3://bucket offers"},
      {"s3", "location=s3://bucket/*.csv", "", "s3://bucket t"},
      {"s3", "location=s3://bucket/*.csv", "x", "s3://bucket x"},
      {"s3", "location=s3://bucket/p", "s3a://other/key/*.csv", "s3://other key"},
      {"s3", "location=s3://bucket/p", "s3://other/key", "s3://other key"},
      {"s3", "", "x", ""},
      {"gcs", "location=gs://bucket/path", "", "gs://bucket path"},
      {"gcs", "location=gs://bucket/path/*.avro", "path", "gs://bucket path"},
      {"gs", "location=gcs://bucket/path", "", "gs://bucket path"},
      {"azure", "location=abfss://c@a.dfs.core.windows.net/p", "", "abfss://c@a.dfs.core.windows.net p"},
      {"azure", "location=https://a.blob.core.windows.net/c/p/q", "", "abfss://c@a.dfs.core.windows.net p/q"},
      {"azure", "location=https://a.blob.core.windows.net/c/p/*.csv", "p", "abfss://c@a.dfs.core.windows.net p"},
      {"azure", "location=https://a.blob.core.windows.net", "", ""},
      {"azure", "location=az://container/p", "", ""},
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(Identified(test), test.want) << test.type << " " << test.fields << " " << test.physical_name;
  }
}

TEST(DatasetTest, WhatNoDatasetCanBeCalledIsNone) {
  const std::string name(limits::kIdentifierBytesMax, 'x');
  EXPECT_EQ(Identified({"kafka", "host=h", name, ""}), "");
  EXPECT_EQ(Identified({"kafka", "host=h", "a\nb", ""}), "");
}

TEST(DatasetTest, OneForEachServerWithoutRepeats) {
  v1::DataProduct model;
  v1::DataContract& contract = *model.add_contracts();
  *contract.add_servers() = ServerOf({"kafka", "host=a", "", ""});
  *contract.add_servers() = ServerOf({"kafka", "host=a:9092", "", ""});
  *contract.add_servers() = ServerOf({"kafka", "host=b", "", ""});
  *contract.add_servers() = ServerOf({"custom", "host=b", "", ""});
  contract.add_schema()->set_name("x");
  contract.mutable_schema(0)->add_datasets()->set_name("stale");
  IdentifyDatasets(model);
  ASSERT_EQ(contract.schema(0).datasets_size(), 2);
  EXPECT_EQ(contract.schema(0).datasets(0).namespace_(), "kafka://a:9092");
  EXPECT_EQ(contract.schema(0).datasets(1).namespace_(), "kafka://b:9092");
}

}  // namespace
}  // namespace souk::descriptor
