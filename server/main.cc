// SPDX-License-Identifier: Apache-2.0
// soukd: reads the options, starts the node, waits for SIGTERM or SIGINT, drains, exits 0.
#include <glog/logging.h>
#include <pthread.h>
#include <signal.h>

#include "server/server.h"

int main(int argc, char** argv) {
  const souk::server::ParsedOptions parsed = souk::server::ParseOptions(argc, argv);
  if (!parsed.options) return parsed.exit_code;
  google::InitGoogleLogging(argv[0]);
  FLAGS_logtostderr = true;

  // Blocked before any thread starts, so that only sigwait() below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of that write, not the end of the node

  auto server = souk::server::Server::Start(*parsed.options);
  if (!server.ok()) {
    const souk::Status& status = server.status();
    LOG(ERROR) << "soukd can't start: " << status.ToString()
               << (status.detail().remedy.empty() ? "" : " — " + status.detail().remedy);
    return 1;
  }
  LOG(INFO) << "serving gRPC on " << (*server)->grpc_address() << " and HTTP on " << (*server)->http_address();
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  LOG(INFO) << "draining";
  (*server)->Stop();
  server->reset();
  LOG(INFO) << "stopped";
  return 0;
}
