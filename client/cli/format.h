// SPDX-License-Identifier: Apache-2.0
// The output formats, and an answer that can be written in each. Plain values; one thread.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/cli/style.h"
#include "client/cli/table.h"

namespace google::protobuf {
class Message;
}

namespace souk::cli {

// What every command can write; the first is the default.
inline constexpr std::string_view kFormats[] = {"table", "json", "yaml", "name", "csv", "id"};

// One answer, as each format wants it.
struct Answer {
  const google::protobuf::Message* message = nullptr;  // json, yaml: the API's response
  Table table;                                         // table, csv
  std::vector<std::string> names;                      // name: resource names
  std::vector<std::string> ids;                        // id: the descriptors' own ids
  // Instead of the table, for people, where a table is not the best form. May be empty.
  std::function<void(std::ostream& out, const Style& style)> text = {};
};

struct Look {
  Style style;
  int width = 0;  // 0: nothing is cut
};

// `format` is one of kFormats. INTERNAL if the message can't be written as JSON.
Status Write(const Answer& answer, std::string_view format, const Look& look, std::ostream& out);

// The API's JSON of a message: indented, or on one line. Ends without a line break.
StatusOr<std::string> ToJson(const google::protobuf::Message& message, bool indented);

}  // namespace souk::cli
