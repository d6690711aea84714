// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.h"

#include <utility>  // before Asio: Boost 1.74 with C++20 needs it

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "base/errors.h"

namespace souk::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using Tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // when the process is out of file handles
// A client that is still sending when it is refused would lose the answer to a reset: what it sends is thrown away for
// so long, or until it closes.
constexpr auto kLingerMax = std::chrono::seconds(2);
constexpr size_t kDiscardBytes = 4096;

constexpr int kBadRequest = 400;
constexpr int kContentTooLarge = 413;
constexpr int kHeadersTooLarge = 431;

class Session;

// What the sessions of one server share; used on its one thread only.
struct Shared {
  HttpOptions options;
  HttpHandler handler;
  std::set<Session*> sessions;
  bool draining = false;
  std::function<void()> on_empty = [] {};
};

bhttp::response<bhttp::string_body> MakeResponse(const HttpResponse& answer, unsigned version, bool keep_alive) {
  bhttp::response<bhttp::string_body> response(static_cast<bhttp::status>(answer.status), version);
  response.set(bhttp::field::server, "souk");
  response.set(bhttp::field::content_type, answer.content_type);
  response.set(bhttp::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.keep_alive(keep_alive);
  response.body() = answer.body;
  response.prepare_payload();
  return response;
}

// One connection: reads a request, answers it, again; every wait has the idle limit.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, Shared& shared)
      : stream_(std::move(socket)),
        buffer_(shared.options.header_bytes_max + shared.options.body_bytes_max),
        shared_(shared) {
    shared_.sessions.insert(this);
  }
  ~Session() {
    shared_.sessions.erase(this);
    if (shared_.sessions.empty()) shared_.on_empty();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Read() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(shared_.options.header_bytes_max));
    parser_->body_limit(shared_.options.body_bytes_max);
    stream_.expires_after(shared_.options.idle_max);
    busy_ = false;
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = shared_from_this()](error_code error, size_t /*bytes*/) { self->OnRead(error); });
  }

  // Between requests a draining server closes; a running request may end first.
  void CloseIfIdle() {
    if (!busy_) Close();
  }
  void Close() {
    error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_both, ignored);
    stream_.socket().close(ignored);
  }

 private:
  void OnRead(error_code error) {
    busy_ = true;
    if (error == bhttp::error::header_limit)
      return Answer({kHeadersTooLarge, "text/plain", "the headers are too large\n"}, false);
    if (error == bhttp::error::body_limit)
      return Answer({kContentTooLarge, "text/plain", "the body is too large\n"}, false);
    if (error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
        error != bhttp::error::end_of_stream && error != bhttp::error::partial_message) {
      return Answer({kBadRequest, "text/plain", "this is not HTTP/1.1: " + error.message() + "\n"}, false);
    }
    if (error) return Close();
    const auto& message = parser_->get();
    HttpRequest request;
    request.method = std::string(message.method_string());
    request.path = std::string(message.target());
    request.path = request.path.substr(0, request.path.find('?'));
    request.body = message.body();
    Answer(shared_.handler(request), message.keep_alive() && !shared_.draining);
  }

  void Answer(const HttpResponse& answer, bool keep_alive) {
    const bool known = parser_->is_header_done();
    response_ = MakeResponse(answer, known ? parser_->get().version() : 11, keep_alive);
    if (known && parser_->get().method() == bhttp::verb::head) response_.body().clear();
    stream_.expires_after(shared_.options.idle_max);
    bhttp::async_write(stream_, response_, [self = shared_from_this(), keep_alive](error_code error, size_t /*bytes*/) {
      if (error || self->shared_.draining) return self->Close();
      if (!keep_alive) return self->Linger();
      self->Read();
    });
  }

  void Linger() {
    busy_ = false;
    error_code ignored;
    stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    stream_.expires_after(std::min<std::chrono::milliseconds>(kLingerMax, shared_.options.idle_max));
    Discard();
  }
  void Discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(std::min(kDiscardBytes, buffer_.max_size())),
                            [self = shared_from_this()](error_code error, size_t /*bytes*/) {
                              if (error) return self->Close();
                              self->Discard();
                            });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  Shared& shared_;
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  bhttp::response<bhttp::string_body> response_;
  bool busy_ = false;
};

StatusOr<Tcp::endpoint> ParseAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  const auto bad = errors::BadField("http-address", "\"" + address + "\" is not HOST:PORT", "Write 127.0.0.1:8080.");
  if (colon == std::string::npos) return bad;
  std::string host = address.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  error_code error;
  const asio::ip::address ip = asio::ip::make_address(host, error);
  char* end = nullptr;
  const std::string port_text = address.substr(colon + 1);
  const auto port = std::strtoul(port_text.c_str(), &end, 10);
  if (error || port_text.empty() || *end != '\0' || port > UINT16_MAX) return bad;
  return Tcp::endpoint(ip, static_cast<uint16_t>(port));
}

}  // namespace

struct HttpServer::Impl {
  asio::io_context context{1};
  Tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  Shared shared;
  std::string address;
  std::thread thread;
  std::mutex mutex;
  std::condition_variable emptied;
  bool empty = false;
  std::atomic<bool> drained{false};

  // One connection's trouble must not end the others: whatever a handler throws ends that handler only.
  void Run() {
    while (true) {
      try {
        context.run();
        return;
      } catch (const std::exception&) {
        continue;
      }
    }
  }

  void Accept() {
    acceptor.async_accept([this](error_code error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted || shared.draining) return;
      if (error) {  // out of file handles, most likely: wait for some to come back
        pause.expires_after(kAcceptPause);
        pause.async_wait([this](error_code stopped) {
          if (!stopped) Accept();
        });
        return;
      }
      if (shared.sessions.size() < shared.options.connections_max) {
        std::make_shared<Session>(std::move(socket), shared)->Read();
      }
      Accept();
    });
  }

  void BeginDrain() {
    shared.draining = true;
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    shared.on_empty = [this] {
      const std::lock_guard lock(mutex);
      empty = true;
      emptied.notify_all();
    };
    for (Session* session : std::set<Session*>(shared.sessions)) session->CloseIfIdle();
    if (shared.sessions.empty()) shared.on_empty();
  }
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Drain(std::chrono::milliseconds(0)); }

StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpOptions options, HttpHandler handler) {
  ASSIGN_OR_RETURN(const Tcp::endpoint endpoint, ParseAddress(options.address));
  auto impl = std::make_unique<Impl>();
  error_code error;
  impl->acceptor.open(endpoint.protocol(), error);
  if (!error) impl->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) impl->acceptor.bind(endpoint, error);
  if (!error) impl->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return errors::AddressTaken(options.address);
  impl->address = options.address.substr(0, options.address.rfind(':') + 1) +
                  std::to_string(impl->acceptor.local_endpoint().port());
  impl->shared.options = std::move(options);
  impl->shared.handler = std::move(handler);
  impl->Accept();
  impl->thread = std::thread([raw = impl.get()] { raw->Run(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

const std::string& HttpServer::address() const { return impl_->address; }

void HttpServer::Drain(std::chrono::milliseconds grace) {
  if (impl_->drained.exchange(true)) return;
  asio::post(impl_->context, [raw = impl_.get()] { raw->BeginDrain(); });
  {
    std::unique_lock lock(impl_->mutex);
    impl_->emptied.wait_for(lock, grace, [this] { return impl_->empty; });
  }
  asio::post(impl_->context, [raw = impl_.get()] {
    for (Session* session : std::set<Session*>(raw->shared.sessions)) session->Close();
  });
  impl_->thread.join();
  impl_->shared.on_empty = [] {};
}

}  // namespace souk::http
