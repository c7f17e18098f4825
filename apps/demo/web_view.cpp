#include "apps/demo/web_view.hpp"

#include <utility>

namespace fourtuple::apps {

SetupResult<bool> WebView::listen(Port port) {
  if (auto acceptor = lab::web::listen_on_loopback(acceptor_.get_executor(), port)) {
    acceptor_ = std::move(*acceptor);
    return true;
  } else {
    return failure(acceptor.error());
  }
}

void WebView::serve(std::string peer, Ipv4Address peer_address, Ipv4Address our_address) {
  backend_.emplace(log_, lab::web::LiveBackend::Names{std::move(peer), peer_address, our_address});
  lab::web::Gate gate(lab::web::new_token(), acceptor_.local_endpoint().port());
  server_.emplace(std::move(gate), *backend_);
  server_->serve(std::move(acceptor_));
  signals_.async_wait([this](boost::system::error_code error, int) {
    if (!error) signalled_.set_value();
  });
}

}  // namespace fourtuple::apps
