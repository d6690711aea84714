// SPDX-License-Identifier: Apache-2.0
// What soukd asks of its allocator, jemalloc, which looks for this name before main(): few arenas, for a node has many
// threads and few cores; what is freed goes back to the machine within a second, on a thread of its own. See
// docs/decisions/0013-jemalloc-serves-the-node.md.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:4,background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
