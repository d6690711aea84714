// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/txns.h"

#include <utility>

#include "etcd/rpc_service.grpc.pb.h"

namespace souk::storage::etcd {
namespace {

using etcdserverpb::TxnResponse;

struct Call {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<TxnResponse>> reader;
  TxnAnswer answer;
};

}  // namespace

std::vector<TxnAnswer> SendTxns(const std::shared_ptr<grpc::Channel>& channel,
                                const std::vector<const etcdserverpb::TxnRequest*>& requests,
                                const std::function<void(grpc::ClientContext&)>& prepare) {
  const auto kv = etcdserverpb::KV::NewStub(channel);
  grpc::CompletionQueue queue;
  std::vector<Call> calls(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    prepare(calls[i].context);
    calls[i].reader = kv->AsyncTxn(&calls[i].context, *requests[i], &queue);
    calls[i].reader->Finish(&calls[i].answer.response, &calls[i].answer.status, &calls[i]);
  }
  void* tag = nullptr;
  bool ok = false;
  for (size_t ended = 0; ended < calls.size(); ++ended) queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  std::vector<TxnAnswer> answers;
  for (Call& call : calls) answers.push_back(std::move(call.answer));
  return answers;
}

}  // namespace souk::storage::etcd
