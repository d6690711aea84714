// SPDX-License-Identifier: Apache-2.0
#include "server/http/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "server/catalog/admin.h"

namespace souk::http {
namespace {

// From a point read to a bulk import, in seconds.
const prometheus::Histogram::BucketBoundaries kSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

// Makes a counter say what was counted elsewhere. For one thread at a time.
void CatchUp(prometheus::Counter& counter, uint64_t counted) {
  counter.Increment(std::max(0.0, static_cast<double>(counted) - counter.Value()));
}

double Seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& calls = prometheus::BuildCounter()
                                                       .Name("souk_calls_total")
                                                       .Help("Calls that ended, by method and code")
                                                       .Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram().Name("souk_call_seconds").Help("Time of a call, by method").Register(registry);
  prometheus::Family<prometheus::Gauge>& revision = prometheus::BuildGauge()
                                                        .Name("souk_applied_revision")
                                                        .Help("Newest revision that a part of the node reflects")
                                                        .Register(registry);
  prometheus::Family<prometheus::Gauge>& entries =
      prometheus::BuildGauge().Name("souk_index_entries").Help("Documents or nodes of an index").Register(registry);
  prometheus::Family<prometheus::Gauge>& index_bytes =
      prometheus::BuildGauge().Name("souk_index_bytes").Help("Size of an index").Register(registry);
  prometheus::Family<prometheus::Counter>& index_faults = prometheus::BuildCounter()
                                                              .Name("souk_index_faults_total")
                                                              .Help("Faults that an index met, damage found included")
                                                              .Register(registry);
  prometheus::Family<prometheus::Counter>& index_rebuilds = prometheus::BuildCounter()
                                                                .Name("souk_index_rebuilds_total")
                                                                .Help("Times that an index was built anew")
                                                                .Register(registry);
  prometheus::Gauge& damaged =
      prometheus::BuildGauge().Name("souk_store_damaged").Help("1 if a read has met damage").Register(registry).Add({});
  prometheus::Gauge& undecodable = prometheus::BuildGauge()
                                       .Name("souk_undecodable")
                                       .Help("Entities with a value in the ledger that this node does not understand")
                                       .Register(registry)
                                       .Add({});
  prometheus::Gauge& products =
      prometheus::BuildGauge().Name("souk_products").Help("Lines that are not retired").Register(registry).Add({});
  prometheus::Gauge& resident = prometheus::BuildGauge()
                                    .Name("process_resident_memory_bytes")
                                    .Help("Resident memory of the node")
                                    .Register(registry)
                                    .Add({});
  prometheus::Gauge& store_bytes =
      prometheus::BuildGauge().Name("souk_store_bytes").Help("Size of the store on disk").Register(registry).Add({});

  // Of a node of a cluster; a node alone has none of them.
  prometheus::Family<prometheus::Gauge>& link_connected = prometheus::BuildGauge()
                                                              .Name("souk_ledger_connected")
                                                              .Help("1 while the ledger answers this node")
                                                              .Register(registry);
  prometheus::Family<prometheus::Gauge>& link_seconds =
      prometheus::BuildGauge()
          .Name("souk_ledger_seconds")
          .Help(
              "silence: since the ledger was last heard of; lag: since the newest applied commit, 0 if it is the last")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& link_events =
      prometheus::BuildCounter()
          .Name("souk_ledger_events_total")
          .Help(
              "resume: followed again; gap: a revision was missing; relist: the store was filled anew; foreign: a "
              "change that no node made; comparison: all rows compared with the ledger; difference: they differed")
          .Register(registry);

  // A family's Add() takes a lock and builds a label map each time: what a call needs is kept here.
  std::shared_mutex mutex;
  std::map<std::pair<std::string, int>, prometheus::Counter*> counters;
  std::map<std::string, prometheus::Histogram*, std::less<>> histograms;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::Ended(std::string_view method, Code code, std::chrono::nanoseconds took) {
  const std::pair key(std::string(method), static_cast<int>(code));
  const double seconds = std::chrono::duration<double>(took).count();
  {
    const std::shared_lock lock(impl_->mutex);
    const auto counter = impl_->counters.find(key);
    const auto histogram = impl_->histograms.find(method);
    if (counter != impl_->counters.end() && histogram != impl_->histograms.end()) {
      counter->second->Increment();
      histogram->second->Observe(seconds);
      return;
    }
  }
  const std::unique_lock lock(impl_->mutex);
  auto& counter = impl_->counters[key];
  if (counter == nullptr) counter = &impl_->calls.Add({{"method", key.first}, {"code", std::string(CodeName(code))}});
  auto& histogram = impl_->histograms[key.first];
  if (histogram == nullptr) histogram = &impl_->seconds.Add({{"method", key.first}}, kSeconds);
  counter->Increment();
  histogram->Observe(seconds);
}

std::string Metrics::Text(const catalog::Backends& parts) {
  impl_->revision.Add({{"part", "store"}}).Set(static_cast<double>(parts.store.applied()));
  for (index::ProjectionRunner* runner : {&parts.text_runner, &parts.lineage_runner}) {
    const std::string name(runner->projection().name());
    const index::ProjectionStatus status = runner->projection().status();
    impl_->revision.Add({{"part", name}}).Set(static_cast<double>(status.applied));
    impl_->entries.Add({{"index", name}}).Set(static_cast<double>(status.entries));
    CatchUp(impl_->index_faults.Add({{"index", name}}), runner->faults());
    CatchUp(impl_->index_rebuilds.Add({{"index", name}}), runner->rebuilds());
    impl_->index_bytes.Add({{"index", name}}).Set(static_cast<double>(status.size_bytes));
  }
  if (const auto follower = parts.store.follower()) {
    impl_->link_connected.Add({}).Set(follower->connected.ok() ? 1 : 0);
    impl_->link_seconds.Add({{"of", "silence"}}).Set(Seconds(follower->silence));
    impl_->link_seconds.Add({{"of", "lag"}}).Set(Seconds(follower->lag));
    CatchUp(impl_->link_events.Add({{"event", "resume"}}), follower->resumes);
    CatchUp(impl_->link_events.Add({{"event", "gap"}}), follower->gaps);
    CatchUp(impl_->link_events.Add({{"event", "relist"}}), follower->relists);
    CatchUp(impl_->link_events.Add({{"event", "foreign"}}), follower->foreign_changes);
    CatchUp(impl_->link_events.Add({{"event", "comparison"}}), follower->comparisons);
    CatchUp(impl_->link_events.Add({{"event", "difference"}}), follower->differences);
  }
  impl_->damaged.Set(parts.store.damage().ok() ? 0 : 1);
  impl_->undecodable.Set(static_cast<double>(parts.store.undecodable()));
  impl_->products.Set(static_cast<double>(parts.store.live_lines()));
  impl_->resident.Set(static_cast<double>(catalog::ResidentBytes()));
  impl_->store_bytes.Set(static_cast<double>(parts.store.size_bytes()));
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace souk::http
