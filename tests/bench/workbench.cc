// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/workbench.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "tests/bench/measure.h"
#include "tests/bench/node.h"

namespace souk::bench {
namespace {

constexpr std::string_view kScratchPrefix = "scratch-";
// As many as the mozilla-mesh has, so that rows on the fallback are of the same size.
constexpr size_t kMeshProducts = 2190;
constexpr size_t kQuickProducts = 430;
constexpr std::chrono::milliseconds kSearchablePoll{1};
constexpr double kSearchablePatience_s = 120;

bool Alive(const std::string& pid) { return kill(static_cast<pid_t>(std::atol(pid.c_str())), 0) == 0; }

StatusOr<size_t> Searchable(client::Client& client) {
  v1::SearchRequest request;
  request.set_page_size(1);
  ASSIGN_OR_RETURN(const v1::SearchResponse answer, client.Search(request));
  return static_cast<size_t>(answer.total_size());
}

}  // namespace

Workbench::Workbench(Settings settings) : settings_(std::move(settings)) {
  std::filesystem::create_directories(settings_.out);
  for (const auto& entry : std::filesystem::directory_iterator(settings_.out)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kScratchPrefix) || Alive(name.substr(kScratchPrefix.size()))) continue;
    std::filesystem::remove_all(entry.path());
  }
  scratch_ = settings_.out / (std::string(kScratchPrefix) + std::to_string(getpid()));
  std::filesystem::create_directories(scratch_);
}

Workbench::~Workbench() {
  std::error_code ignored;
  std::filesystem::remove_all(scratch_, ignored);
}

std::filesystem::path Workbench::Fresh(const std::string& stem) {
  return scratch_ / (stem + "-" + std::to_string(++fresh_));
}

StatusOr<const Corpus*> Workbench::Mesh() {
  if (mesh_ == nullptr) {
    StatusOr<Corpus> mesh = Corpus::Load(settings_.corpus, settings_.corpus.filename().string());
    if (!mesh.ok()) {
      ASSIGN_OR_RETURN(const Corpus sample, Corpus::Load(settings_.root / "deploy" / "sample-mesh", "sample"));
      const std::filesystem::path copies = Fresh("sample-mesh");
      RETURN_IF_ERROR(sample.Write(copies, kMeshProducts));
      mesh = Corpus::Load(copies, "sample-mesh, copied to " + std::to_string(kMeshProducts));
    }
    RETURN_IF_ERROR(mesh.status());
    mesh_ = std::make_unique<Corpus>(*std::move(mesh));
  }
  return static_cast<const Corpus*>(mesh_.get());
}

size_t Workbench::MeshProducts(const Corpus& mesh) const {
  return std::min(mesh.size(), settings_.quick ? kQuickProducts : kMeshProducts);
}

StatusOr<client::BulkSource> Workbench::JsonMesh(size_t products) const {
  const std::filesystem::path script = settings_.corpus / "amplify.py";
  if (!std::filesystem::exists(script)) return Status(Code::kNotFound, "no amplify.py in the corpus");
  return JsonLinesOf("python3 '" + script.string() + "' -n " + std::to_string(products) + " 2>/dev/null");
}

StatusOr<std::filesystem::path> Workbench::Loaded(size_t products) {
  if (const auto known = loaded_.find(products); known != loaded_.end()) return known->second;
  ASSIGN_OR_RETURN(const Corpus* mesh, Mesh());
  const std::filesystem::path data = Fresh("loaded");
  ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, StartNode(data));
  const StatusOr<client::BulkSource> json = JsonMesh(products);
  const bool amplified = products > mesh->size() && json.ok();
  ASSIGN_OR_RETURN(const Import import, ImportAll(*ClientOf(*node), amplified ? *json : SourceOf(*mesh, products)));
  if (import.accepted != products) {
    return Status(Code::kInternal, "only " + std::to_string(import.accepted) + " products could be loaded");
  }
  RETURN_IF_ERROR(node->Stop());
  loaded_[products] = data;
  return data;
}

StatusOr<std::filesystem::path> Workbench::CopyOfLoaded(size_t products) {
  ASSIGN_OR_RETURN(const std::filesystem::path data, Loaded(products));
  const std::filesystem::path copy = Fresh("copy");
  std::error_code error;
  std::filesystem::copy(data, copy, std::filesystem::copy_options::recursive, error);
  if (error) return Status(Code::kUnavailable, "can't copy the loaded store: " + error.message());
  return copy;
}

StatusOr<Import> Workbench::ImportAll(client::Client& client, const client::BulkSource& source) {
  Import import;
  std::string refused;
  const auto sink = [&](const v1::RegisterProductRequest&, const v1::BatchRegisterResult& result, const Status&) {
    if (result.code() == 0) {
      ++import.accepted;
    } else if (refused.empty()) {
      refused = "item " + std::to_string(result.index()) + ": " + result.message();
    }
  };
  ASSIGN_OR_RETURN(const size_t before, Searchable(client));
  const Stopwatch watch;
  client::RegisterInBulk(client, source, sink, {});
  if (!refused.empty()) return Status(Code::kInternal, "the import was refused, " + refused);
  for (;;) {
    ASSIGN_OR_RETURN(const size_t searchable, Searchable(client));
    if (searchable >= before + import.accepted) break;
    if (watch.seconds() > kSearchablePatience_s) return Status(Code::kInternal, "the import is not searchable");
    std::this_thread::sleep_for(kSearchablePoll);
  }
  import.seconds = watch.seconds();
  return import;
}

}  // namespace souk::bench
