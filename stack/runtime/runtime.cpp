#include "stack/runtime/runtime.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "stack/runtime/core.hpp"
#include "stack/runtime/pump.hpp"

namespace fourtuple {
namespace {

class RuntimeService;

// The contexts that one runtime serves, as far as they still live: either side may end first.
struct Served {
  std::mutex mutex;
  std::vector<RuntimeService*> services;
};

// How sockets find the runtime of the execution context they are made from.
class RuntimeService final : public boost::asio::execution_context::service {
 public:
  using key_type = RuntimeService;
  inline static boost::asio::execution_context::id id;

  explicit RuntimeService(boost::asio::execution_context& context) : service(context) {}
  void shutdown() override {
    runtime = nullptr;
    if (!served) return;
    const std::lock_guard lock(served->mutex);
    std::erase(served->services, this);
  }

  Runtime* runtime = nullptr;
  std::shared_ptr<Served> served;
};

}  // namespace

struct Runtime::Parts {
  std::unique_ptr<boost::asio::io_context> own;
  std::shared_ptr<Served> served = std::make_shared<Served>();
  std::thread thread;
};

Runtime::Runtime(RuntimeOptions options)
    : Runtime(std::make_unique<boost::asio::io_context>(), nullptr, std::move(options)) {}

Runtime::Runtime(boost::asio::io_context& io, RuntimeOptions options) : Runtime(nullptr, &io, std::move(options)) {}

Runtime::Runtime(std::unique_ptr<boost::asio::io_context> own, boost::asio::io_context* io, RuntimeOptions options)
    : core_(std::make_shared<RuntimeCore>(options)), parts_(std::make_unique<Parts>()), drain_(options.drain_on_exit) {
  parts_->own = std::move(own);
  boost::asio::io_context& driven = io != nullptr ? *io : *parts_->own;
  serve(driven);
  core_->set_pump(std::make_shared<Pump>(driven, core_));
}

Runtime::~Runtime() {
  {
    const std::lock_guard lock(parts_->served->mutex);
    for (auto* service : parts_->served->services) service->runtime = nullptr;
    parts_->served->services.clear();
  }
  core_->shut_down(drain_);
  if (parts_->own) parts_->own->stop();
  if (parts_->thread.joinable()) parts_->thread.join();
}

void Runtime::start_thread() {
  if (!parts_->own || parts_->thread.joinable()) return;
  core_->set_has_thread(true);
  parts_->thread = std::thread([io = parts_->own.get()] {
    const auto work = boost::asio::make_work_guard(*io);
    io->run();
  });
}

void Runtime::serve(boost::asio::execution_context& context) {
  auto& service = boost::asio::use_service<RuntimeService>(context);
  if (service.runtime == this) return;
  if (service.runtime != nullptr) throw std::logic_error("the execution context has a fourtuple::Runtime already");
  service.runtime = this;
  service.served = parts_->served;
  const std::lock_guard lock(parts_->served->mutex);
  parts_->served->services.push_back(&service);
}

Runtime* Runtime::of(boost::asio::execution_context& context) {
  return boost::asio::use_service<RuntimeService>(context).runtime;
}

std::size_t Runtime::attach(std::unique_ptr<Driver> driver, const InterfaceConfig& config) {
  const Turn turn(core_);
  Driver& attached = *driver;
  return core_->attach(attached, std::move(driver), config);
}

std::size_t Runtime::attach(Driver& driver, const InterfaceConfig& config) {
  const Turn turn(core_);
  return core_->attach(driver, nullptr, config);
}

BufferPool& Runtime::buffers() {
  const Turn turn(core_);
  return turn.stack().buffers();
}

void Runtime::set_trace_sink(trace::Sink* sink) {
  const Turn turn(core_);
  turn.stack().set_trace_sink(sink);
}

bool Runtime::poll() { return core_->poll(); }

Instant Runtime::next_deadline() {
  const Turn turn(core_);
  return core_->next_deadline();
}

const Clock& Runtime::clock() const { return core_->clock(); }

std::string Runtime::link_failure() {
  const Turn turn(core_);
  return core_->link_failure();
}

}  // namespace fourtuple
