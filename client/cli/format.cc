// SPDX-License-Identifier: Apache-2.0
#include "client/cli/format.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "base/errors.h"
#include "client/cli/text.h"
#include "client/cli/yaml_writer.h"

namespace souk::cli {
namespace {

void WriteLines(const std::vector<std::string>& lines, std::ostream& out) {
  for (const std::string& line : lines) out << Clean(line) << "\n";
}

}  // namespace

StatusOr<std::string> ToJson(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return errors::Internal("the answer can't be written as JSON: " + std::string(status.message()));
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

Status Write(const Answer& answer, std::string_view format, const Look& look, std::ostream& out) {
  if (format == "json" || format == "yaml") {
    ASSIGN_OR_RETURN(const std::string json, ToJson(*answer.message, true));
    if (format == "json") {
      out << json << "\n";
    } else {
      ASSIGN_OR_RETURN(const std::string yaml, JsonToYaml(json));
      out << yaml;
    }
  } else if (format == "name") {
    WriteLines(answer.names, out);
  } else if (format == "id") {
    WriteLines(answer.ids, out);
  } else if (format == "csv") {
    WriteCsv(answer.table, out);
  } else if (answer.text) {
    answer.text(out, look.style);
  } else {
    WriteTable(answer.table, look.style, look.width, out);
  }
  return Status::Ok();
}

}  // namespace souk::cli
