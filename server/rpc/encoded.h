// SPDX-License-Identifier: Apache-2.0
// How gRPC sends a catalog::Encoded answer: the shared bytes are lent to the transport, not copied, and only the rest
// is serialized. Such an answer is only ever sent.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <array>

#include "server/catalog/encoded.h"

namespace souk::rpc {

// A slice that holds a share of the bytes until the transport lets go of it.
inline grpc::Slice Lend(storage::SharedBytes bytes) {
  auto* share = new storage::SharedBytes(std::move(bytes));
  // The transport only reads; gRPC's type for lent memory knows no const.
  return {const_cast<char*>((*share)->data()), (*share)->size(),
          [](void* lent) { delete static_cast<storage::SharedBytes*>(lent); }, share};
}

}  // namespace souk::rpc

template <typename Response>
class grpc::SerializationTraits<souk::catalog::Encoded<Response>> {
 public:
  static Status Serialize(const souk::catalog::Encoded<Response>& answer, ByteBuffer* buffer, bool* own_buffer) {
    Slice rest(answer.rest.ByteSizeLong());
    answer.rest.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(rest.begin()));
    const std::array slices = {souk::rpc::Lend(answer.shared), std::move(rest)};
    *buffer = ByteBuffer(slices.data(), slices.size());
    *own_buffer = true;
    return Status::OK;
  }
};
