// SPDX-License-Identifier: Apache-2.0
// soukd: reads the options, starts the node, waits for SIGTERM, SIGINT or SIGHUP, drains, exits 0. Or it proves a
// backup, and no node is started.
#include <glog/logging.h>

#include <csignal>
#include <iostream>

#include "server/backup_verdict.h"
#include "server/server.h"
#include "server/service_manager.h"
#include "server/stop_signal.h"

int main(int argc, char** argv) {
  const souk::server::ParsedOptions parsed = souk::server::ParseOptions(argc, argv);
  if (!parsed.options) return parsed.exit_code;
  if (!parsed.options->verify_backup.empty()) {
    return souk::server::VerifyBackup(parsed.options->verify_backup, std::cout);
  }
  google::InitGoogleLogging(argv[0]);
  FLAGS_logtostderr = true;

  souk::server::StopSignal stop_signal;  // before any other thread
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of that write, not the end of the node

  auto server = souk::server::Server::Start(*parsed.options, [&stop_signal] { stop_signal.SetServing(); });
  if (!server.ok()) {
    const souk::Status& status = server.status();
    LOG(ERROR) << "soukd can't start: " << status.ToString()
               << (status.detail().remedy.empty() ? "" : " — " + status.detail().remedy);
    return 1;
  }
  LOG(INFO) << "serving gRPC on " << (*server)->grpc_address() << " and HTTP on " << (*server)->http_address();
  souk::server::TellServiceManager("READY=1\nSTATUS=serving gRPC on " + (*server)->grpc_address());
  stop_signal.Await();
  souk::server::TellServiceManager("STOPPING=1\nSTATUS=draining");
  LOG(INFO) << "draining";
  (*server)->Stop();
  server->reset();
  LOG(INFO) << "stopped";
  return 0;
}
