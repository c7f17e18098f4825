// Asynchronous operations: a waiter that holds a handler. What waits in a socket's list and what is deferred to the end
// of a turn is one object, so a pending operation costs one allocation beside the handler's own.
#pragma once

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "fourtuple/any_socket.hpp"
#include "stack/socket/socket.hpp"

namespace fourtuple::sockets {

[[nodiscard]] inline boost::system::error_code to_error_code(std::errc error) {
  if (error == std::errc::operation_canceled || error == std::errc::bad_file_descriptor) {
    // To Asio's users an operation on a socket that was closed meanwhile is an aborted one.
    return boost::asio::error::operation_aborted;
  }
  return {static_cast<int>(error), boost::system::system_category()};
}
// The same for calls: there a closed socket is a bad descriptor.
[[nodiscard]] inline boost::system::error_code to_call_error(std::errc error) {
  return {static_cast<int>(error), boost::system::system_category()};
}

// An operation ends in exactly one of two ways: try_again() has an answer, or it is abandoned.
class AsyncOperation : public Waiter, public Deferred {
 public:
  AsyncOperation(std::uint8_t interest, std::uint64_t number) : Waiter(interest), number_(number) {}

  bool look(Socket& socket, Turn& turn) final {
    if (!try_again(socket, turn)) return false;
    complete(turn);
    return true;
  }
  void abandon(std::errc why, Turn& turn) final {
    fail(to_error_code(why));
    complete(turn);
  }
  [[nodiscard]] std::uint64_t number() const final { return number_; }
  // True when there is an answer, good or bad.
  virtual bool try_again(Socket& socket, Turn& turn) = 0;
  virtual void fail(boost::system::error_code error) = 0;

 private:
  void complete(Turn& turn) {
    unlink();
    turn.defer(std::unique_ptr<Deferred>(this));
  }

  std::uint64_t number_;  // names it to a cancellation slot that outlives it
};

// Calls a handler with its answer: at once where the executor allows and `may_dispatch`, else by way of the queue.
template <class Handler, class... Answer>
void deliver(Handler&& handler, const boost::asio::any_io_executor& io_executor, bool may_dispatch,
             Answer&&... answer) {
  auto executor = boost::asio::get_associated_executor(handler, io_executor);
  auto call = [handler = std::move(handler), answer = std::make_tuple(std::move(answer)...)]() mutable {
    std::apply([&](auto&&... values) { std::move(handler)(std::move(values)...); }, std::move(answer));
  };
  if (may_dispatch) {
    boost::asio::dispatch(executor, std::move(call));
  } else {
    boost::asio::post(io_executor, boost::asio::bind_executor(executor, std::move(call)));
  }
}

// An executor that keeps its io_context running.
using TrackedExecutor = decltype(boost::asio::prefer(std::declval<boost::asio::io_context::executor_type>(),
                                                     boost::asio::execution::outstanding_work.tracked));

// A handler that waits for its answer. Until it has it, the executors involved have outstanding work.
template <class Signature>
class Completion {
 public:
  Completion(detail::ErasedHandler<Signature> handler, const boost::asio::any_io_executor& executor)
      : handler_(std::move(handler.call)) {
    using boost::asio::execution::outstanding_work;
    if (handler.home != nullptr) {
      home_.emplace(boost::asio::prefer(handler.home->get_executor(), outstanding_work.tracked));
    } else {
      away_.emplace(Away{
          boost::asio::prefer(executor, outstanding_work.tracked),
          boost::asio::prefer(boost::asio::get_associated_executor(handler_, executor), outstanding_work.tracked)});
    }
  }

  [[nodiscard]] auto cancellation_slot() const { return boost::asio::get_associated_cancellation_slot(handler_); }

  template <class... Answer>
  void answer(bool may_dispatch, Answer&&... answer) {
    if (away_) return deliver(std::move(handler_), away_->io_executor, may_dispatch, std::forward<Answer>(answer)...);
    if (may_dispatch && home_->running_in_this_thread()) return std::move(handler_)(std::forward<Answer>(answer)...);
    auto call = [handler = std::move(handler_), values = std::make_tuple(std::forward<Answer>(answer)...)]() mutable {
      std::apply([&](auto&&... each) { std::move(handler)(std::move(each)...); }, std::move(values));
    };
    boost::asio::post(*home_, std::move(call));
  }

 private:
  struct Away {
    boost::asio::any_io_executor io_executor;
    boost::asio::any_completion_executor work;
  };

  boost::asio::any_completion_handler<Signature> handler_;
  std::optional<TrackedExecutor> home_;  // of socket and handler alike
  std::optional<Away> away_;             // the handler runs elsewhere
};

// An operation with a handler.
template <class Signature>
class HandledOperation : public AsyncOperation {
 public:
  using Handler = detail::ErasedHandler<Signature>;

  HandledOperation(std::uint8_t interest, std::uint64_t number, Handler handler,
                   const boost::asio::any_io_executor& executor)
      : AsyncOperation(interest, number), completion_(std::move(handler), executor) {}

  [[nodiscard]] auto cancellation_slot() const { return completion_.cancellation_slot(); }

 protected:
  template <class... Answer>
  void answer_with(bool may_dispatch, Answer&&... answer) {
    completion_.answer(may_dispatch, std::forward<Answer>(answer)...);
  }

 private:
  Completion<Signature> completion_;
};

// Starts an operation: it ends at once if it can, otherwise it waits in the socket's list, where its handler's
// cancellation slot, if it has one, can end it with operation_aborted.
template <class Operation>
void begin(std::unique_ptr<Operation> operation, Socket& socket, Turn& turn) {
  if (socket.is_closed()) operation->fail(boost::asio::error::bad_descriptor);
  if (socket.is_closed() || operation->try_again(socket, turn)) return turn.defer(std::move(operation));
  if (auto slot = operation->cancellation_slot(); slot.is_connected()) {
    slot.assign([weak = socket.weak_from_this(), number = operation->number()](boost::asio::cancellation_type type) {
      if (type == boost::asio::cancellation_type::none) return;
      const auto alive = weak.lock();
      if (!alive) return;
      Turn cancelling(alive->core());
      alive->cancel(number, cancelling);
    });
  }
  socket.add(*operation.release());
}

}  // namespace fourtuple::sockets
