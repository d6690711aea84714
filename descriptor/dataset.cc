// SPDX-License-Identifier: Apache-2.0
#include "descriptor/dataset.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "descriptor/text.h"

namespace souk::descriptor {
namespace {

using Identity = std::optional<v1::DatasetIdentity>;

// A server and an object, with the questions that the rules ask of them.
struct Source {
  const v1::Server& server;
  const v1::SchemaObject& object;

  std::string Field(const std::string& key) const {
    const auto found = server.fields().find(key);
    return found == server.fields().end() ? std::string() : std::string(Trimmed(found->second));
  }
  std::string First(std::string_view one, std::string_view other) const {
    const std::string field = Field(std::string(one));
    return field.empty() ? Field(std::string(other)) : field;
  }
  std::string Name() const { return object.physical_name().empty() ? object.name() : object.physical_name(); }
};

Identity Make(std::string dataset_namespace, std::string name) {
  if (dataset_namespace.empty() || name.empty()) return std::nullopt;
  if (dataset_namespace.size() + name.size() > limits::kIdentifierBytesMax) return std::nullopt;  // no real dataset
  if (HasControl(dataset_namespace) || HasControl(name)) return std::nullopt;
  if (dataset_namespace.find("${") != std::string::npos || name.find("${") != std::string::npos) return std::nullopt;
  v1::DatasetIdentity identity;
  identity.set_namespace_(std::move(dataset_namespace));
  identity.set_name(std::move(name));
  return identity;
}

bool StripPrefix(std::string& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.erase(0, prefix.size());
  return true;
}

// "https://host:1234/" to "host:1234"; of a comma-separated list the first.
std::string BareHost(std::string host) {
  host = host.substr(0, host.find(','));
  if (const size_t scheme = host.find("://"); scheme != std::string::npos) host.erase(0, scheme + 3);
  return std::string(Trimmed(host.substr(0, host.find('/'))));
}

// "host:port"; the host may carry the port. Empty without a host.
std::string Address(const Source& source, std::string_view port_default) {
  std::string host = BareHost(source.Field("host"));
  if (host.empty()) return host;
  const size_t bracket = host.rfind(']');  // of an IPv6 address
  const bool has_port = host.find(':', bracket == std::string::npos ? 0 : bracket) != std::string::npos;
  if (has_port) return host;
  const std::string port = source.Field("port");
  return host + ":" + (port.empty() ? std::string(port_default) : port);
}

// Splits at dots outside of quotes or backticks, which are dropped.
std::vector<std::string> NameParts(std::string_view name) {
  std::vector<std::string> parts(1);
  char quote = 0;
  for (const char c : name) {
    if (quote != 0 ? c == quote : c == '"' || c == '`') {
      quote = quote == 0 ? c : '\0';
    } else if (c == '.' && quote == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// A name of as many parts as prefixes has, plus one: those that the object's own name lacks come from prefixes. A name
// that has them all already is used as it is. Empty if a needed prefix is unknown.
std::string Qualified(const Source& source, const std::vector<std::string>& prefixes) {
  const std::vector<std::string> own = NameParts(source.Name());
  const size_t missing = own.size() > prefixes.size() ? 0 : prefixes.size() + 1 - own.size();
  std::string name;
  for (size_t i = 0; i < missing; ++i) {
    if (prefixes[i].empty()) return {};
    name += prefixes[i] + ".";
  }
  for (size_t i = 0; i < own.size(); ++i) {
    if (own[i].empty()) return {};
    name += (i == 0 ? "" : ".") + own[i];
  }
  return name;
}

std::string Scheme(std::string_view scheme, const std::string& address) {
  return address.empty() ? std::string() : std::string(scheme) + "://" + address;
}

std::string OrElse(std::string text, std::string_view fallback) { return text.empty() ? std::string(fallback) : text; }

Identity BigQuery(const Source& source) {
  return Make("bigquery", Qualified(source, {source.Field("project"), source.Field("dataset")}));
}

Identity Postgres(const Source& source) {
  return Make(Scheme("postgres", Address(source, "5432")),
              Qualified(source, {source.Field("database"), OrElse(source.Field("schema"), "public")}));
}

Identity MySql(const Source& source) {
  return Make(Scheme("mysql", Address(source, "3306")), Qualified(source, {source.Field("database")}));
}

Identity SqlServer(const Source& source) {
  return Make(Scheme("mssql", Address(source, "1433")),
              Qualified(source, {source.Field("database"), OrElse(source.Field("schema"), "dbo")}));
}

Identity Synapse(const Source& source) {
  return Make(Scheme("sqlserver", Address(source, "1433")), Qualified(source, {OrElse(source.Field("schema"), "dbo")}));
}

Identity Oracle(const Source& source) {
  return Make(Scheme("oracle", Address(source, "1521")),
              Qualified(source, {source.First("serviceName", "sid"), source.Field("schema")}));
}

Identity Db2(const Source& source) {
  return Make(Scheme("db2", Address(source, "50000")),
              Qualified(source, {source.Field("database"), source.Field("schema")}));
}

// "cluster.id.region.redshift.amazonaws.com" is named "cluster.region".
Identity Redshift(const Source& source) {
  std::string address = Address(source, "5439");
  const std::vector<std::string> labels = NameParts(address.substr(0, address.find(':')));
  constexpr size_t kLabels = 6;
  if (labels.size() == kLabels && labels[4] == "amazonaws") {
    address = labels[0] + "." + labels[2] + address.substr(address.find(':'));
  }
  return Make(Scheme("redshift", address),
              Qualified(source, {source.Field("database"), OrElse(source.Field("schema"), "public")}));
}

Identity Snowflake(const Source& source) {
  std::string account = source.Field("account");
  if (account.empty()) account = BareHost(source.Field("host"));
  constexpr std::string_view kDomain = ".snowflakecomputing.com";
  if (account.ends_with(kDomain)) account.resize(account.size() - kDomain.size());
  return Make(Scheme("snowflake", account), Qualified(source, {source.Field("database"), source.Field("schema")}));
}

Identity Kafka(const Source& source) { return Make(Scheme("kafka", Address(source, "9092")), source.Name()); }

Identity PubSub(const Source& source) {
  const std::string project = source.Field("project");
  if (project.empty()) return std::nullopt;
  return Make("pubsub", "topic:" + project + ":" + source.Name());
}

Identity Hive(const Source& source) {
  return Make(Scheme("hive", Address(source, "10000")), Qualified(source, {source.Field("database")}));
}

Identity Trino(const Source& source) {
  return Make(Scheme("trino", Address(source, "8080")),
              Qualified(source, {source.Field("catalog"), source.Field("schema")}));
}

Identity Presto(const Source& source) {
  return Make(Scheme("presto", Address(source, "8080")),
              Qualified(source, {source.Field("catalog"), source.Field("schema")}));
}

Identity UnityCatalog(const Source& source) {
  return Make(Scheme("unitycatalog", BareHost(source.Field("host"))),
              Qualified(source, {source.Field("catalog"), source.Field("schema")}));
}

Identity Athena(const Source& source) {
  const std::string region = source.First("regionName", "region");
  if (region.empty()) return std::nullopt;
  return Make("awsathena://athena." + region + ".amazonaws.com",
              Qualified(source, {OrElse(source.Field("catalog"), "AwsDataCatalog"), source.Field("schema")}));
}

// The standard's server has no region, which the name needs; it counts if given all the same.
Identity Glue(const Source& source) {
  const std::string region = source.First("regionName", "region");
  const std::string account = source.Field("account");
  const std::string table = source.Name();
  const std::string database = source.Field("database");
  if (region.empty() || account.empty()) return std::nullopt;
  if (table.starts_with("table/")) return Make("arn:aws:glue:" + region + ":" + account, table);
  const std::vector<std::string> parts = NameParts(Qualified(source, {database}));
  if (parts.size() != 2) return std::nullopt;
  return Make("arn:aws:glue:" + region + ":" + account, "table/" + parts[0] + "/" + parts[1]);
}

// "scheme://bucket/path" to namespace "scheme://bucket" and the rest.
bool SplitLocation(const std::string& location, std::string& bucket, std::string& path) {
  const size_t scheme = location.find("://");
  if (scheme == std::string::npos) return false;
  const size_t slash = location.find('/', scheme + 3);
  bucket = location.substr(0, slash);
  path = slash == std::string::npos ? std::string() : location.substr(slash + 1);
  while (path.ends_with('/')) path.pop_back();
  return bucket.size() > scheme + 3;
}

// A key, or a prefix of keys: what stands before the first segment that is a pattern. True if only the last one was, so
// that the files at the prefix are the data, and not folders below it.
bool StripPattern(std::string& path) {
  const size_t wildcard = path.find_first_of("*?[");
  if (wildcard == std::string::npos) return false;
  const bool last = path.find('/', wildcard) == std::string::npos;
  const size_t slash = path.rfind('/', wildcard);
  path.resize(slash == std::string::npos ? 0 : slash);
  return last;
}

// Several schemes may stand for one store; each bucket has one namespace.
std::string OneScheme(std::string location) {
  for (const std::string_view scheme : {"s3a://", "s3n://"}) {
    if (StripPrefix(location, scheme)) return "s3://" + location;
  }
  return StripPrefix(location, "gcs://") ? "gs://" + location : location;
}

// An object's own name is a URL, a whole key, or a path below the location; without a physical name it is the location
// itself. A location that ends in a pattern for files names the data's place, whatever the object is called.
Identity ObjectStore(const Source& source, const std::string& location) {
  std::string bucket;
  std::string path;
  if (SplitLocation(OneScheme(source.object.physical_name()), bucket, path)) {
    StripPattern(path);
    return Make(bucket, OrElse(path, "/"));
  }
  if (!SplitLocation(OneScheme(location), bucket, path)) return std::nullopt;
  constexpr std::string_view kPlaceholder = "{model}";
  if (const size_t at = path.find(kPlaceholder); at != std::string::npos) {
    path.replace(at, kPlaceholder.size(), source.Name());
    StripPattern(path);
    return Make(bucket, path);
  }
  const bool names_files = StripPattern(path);
  std::string own = source.object.physical_name();
  StripPattern(own);
  own.erase(0, own.find_first_not_of('/'));
  while (own.ends_with('/')) own.pop_back();
  if (own.empty()) return Make(bucket, OrElse(path, source.object.name()));
  if (path.empty() || own.starts_with(path + "/")) return Make(bucket, own);
  if (names_files || path == own || path.ends_with("/" + own)) return Make(bucket, path);
  return Make(bucket, path + "/" + own);
}

// S3, Google Cloud Storage.
Identity Bucket(const Source& source) { return ObjectStore(source, source.Field("location")); }

// abfss and wasbs name themselves; "https://account.blob.core.windows.net/container/path" is the same data as abfss.
Identity Azure(const Source& source) {
  std::string location = source.Field("location");
  if (location.starts_with("az://")) return std::nullopt;  // names no account
  if (StripPrefix(location, "https://")) {
    const size_t dot = location.find('.');
    const size_t slash = location.find('/');
    if (dot == std::string::npos || slash == std::string::npos || dot > slash) return std::nullopt;
    const size_t container_end = location.find('/', slash + 1);
    const std::string container = location.substr(slash + 1, container_end - slash - 1);
    if (container.empty()) return std::nullopt;
    const std::string rest = container_end == std::string::npos ? std::string() : location.substr(container_end);
    location = "abfss://" + container + "@" + location.substr(0, dot) + ".dfs.core.windows.net" + rest;
  }
  return ObjectStore(source, location);
}

Identity LocalFile(const Source& source) { return Make("file", source.Field("path")); }

struct Platform {
  std::string_view type;  // of an ODCS server, lower case
  Identity (*identify)(const Source&);
};

constexpr std::array<Platform, 28> kPlatforms = {{
    {"bigquery", BigQuery},
    {"postgres", Postgres},
    {"postgresql", Postgres},
    {"mysql", MySql},
    {"sqlserver", SqlServer},
    {"mssql", SqlServer},
    {"synapse", Synapse},
    {"oracle", Oracle},
    {"db2", Db2},
    {"redshift", Redshift},
    {"snowflake", Snowflake},
    {"kafka", Kafka},
    {"pubsub", PubSub},
    {"hive", Hive},
    {"trino", Trino},
    {"presto", Presto},
    {"databricks", UnityCatalog},
    {"unitycatalog", UnityCatalog},
    {"unity", UnityCatalog},
    {"athena", Athena},
    {"glue", Glue},
    {"s3", Bucket},
    {"gcs", Bucket},
    {"gs", Bucket},
    {"azure", Azure},
    {"abfss", Azure},
    {"adls", Azure},
    {"local", LocalFile},
}};

}  // namespace

std::optional<v1::DatasetIdentity> IdentifyDataset(const v1::Server& server, const v1::SchemaObject& object) {
  const std::string type = Lower(Trimmed(server.type()));
  for (const Platform& platform : kPlatforms) {
    if (platform.type == type) return platform.identify(Source{server, object});
  }
  return std::nullopt;
}

void IdentifyDatasets(v1::DataProduct& model) {
  for (v1::DataContract& contract : *model.mutable_contracts()) {
    for (v1::SchemaObject& object : *contract.mutable_schema()) {
      object.clear_datasets();
      for (const v1::Server& server : contract.servers()) {
        auto identity = IdentifyDataset(server, object);
        bool known = !identity;
        for (const v1::DatasetIdentity& other : object.datasets()) {
          known = known || (other.namespace_() == identity->namespace_() && other.name() == identity->name());
        }
        if (!known) *object.add_datasets() = std::move(*identity);
      }
    }
  }
}

}  // namespace souk::descriptor
