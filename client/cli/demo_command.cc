// SPDX-License-Identifier: Apache-2.0
// A guided tour: a few commands, run for real against the node, with a word about each.
#include "base/errors.h"
#include "base/names.h"
#include "client/cli/command_list.h"
#include "client/cli/run.h"
#include "client/cli/text.h"

namespace souk::cli {
namespace {

// Products looked at for one that shows much.
constexpr int kCandidates = 200;

// The product with most inputs among those in service: its lineage has something to show.
const v1::Product* MostConnected(const v1::ListProductsResponse& list) {
  const v1::Product* best = nullptr;
  for (const v1::Product& product : list.products()) {
    if (product.state() != v1::PRODUCT_STATE_ACTIVE && best != nullptr) continue;
    if (best == nullptr || product.model().input_ports_size() > best->model().input_ports_size()) best = &product;
  }
  return best;
}

class Tour {
 public:
  explicit Tour(Session& session) : session_(session) {}

  int Step(std::string_view text, const std::vector<std::string>& arguments) {
    std::ostream& out = session_.env().out;
    std::string line = "souk";
    for (const std::string& argument : arguments) {
      line += argument.find(' ') == std::string::npos ? " " + argument : " '" + argument + "'";
    }
    out << "\n" << text << "\n\n" << session_.out_style().Bold("$ " + line) << "\n" << std::flush;
    std::vector<std::string> all = arguments;
    // The same node and the same manner as this command's own.
    if (session_.Has("addr")) all.insert(all.end(), {"--addr", session_.Text("addr")});
    if (session_.Has("timeout")) all.insert(all.end(), {"--timeout", session_.Text("timeout")});
    if (session_.Has("no-color")) all.emplace_back("--no-color");
    return Run(all, session_.env());
  }

 private:
  Session& session_;
};

}  // namespace

StatusOr<int> RunDemo(Session& session) {
  v1::ListProductsRequest request;
  request.set_page_size(kCandidates);
  ASSIGN_OR_RETURN(const v1::ListProductsResponse list, session.client().ListProducts(request, session.call()));
  const v1::Product* product = MostConnected(list);
  if (product == nullptr) {
    return errors::BadField("demo", "the catalog is empty",
                            "Load the sample mesh first: souk register -R --create-missing --on-findings=draft "
                            "deploy/sample-mesh");
  }
  const std::string name = ShortName(product->name());
  Tour tour(session);
  session.env().out
      << "A data mesh is many data products, each owned by the team that makes it. This node knows them;\n"
         "the tour takes one of them, "
      << Clean(name) << ", and asks what one asks first.\n";
  int code = kExitOk;
  const auto step = [&](std::string_view text, const std::vector<std::string>& arguments) {
    if (code == kExitOk) code = tour.Step(text, arguments);
  };
  step("1. Find data. Words match names, docs, tags and columns; the exact name comes first.",
       {"search", product->model().name(), "--limit", "5"});
  step("2. Know what it is: what it is for, what it offers and promises, where it lies.", {"get", name});
  step("3. Who answers for it? Any identifier will do: a name, a contract id, a table, a column.", {"owner", name});
  step("4. What does it depend on?", {"lineage", name, "--up", "--depth", "3"});
  step("5. And who would notice if it changed?", {"lineage", name, "--down", "--depth", "3"});
  if (code != kExitOk) return code;
  session.env().out << "\nYour own product goes in with `souk register DIR`; `souk register --validate-only DIR` says\n"
                       "beforehand what it lacks. `souk help` lists everything.\n";
  return kExitOk;
}

}  // namespace souk::cli
